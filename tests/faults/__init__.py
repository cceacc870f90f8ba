"""Faults: what the library does when the system, or its memory, fails it.

Two seams. Any use of any system call can fail (`plan.py`, `test_system_calls.py`), and
any allocation of the language (`test_memory.py`). Both run the same recipes, one for
each row of the manifest, in a child process that has the fault build.
"""
