"""Faults: what the library does when the system, or its memory, fails it.

Two seams. Any use of any system call can fail (`plan.py`, `test_system_calls.py`), and
any allocation of the language (`test_memory.py`). Both run the same recipes, one for
each row of the manifest, in a child process that has the fault build.

A new row of api.def needs a recipe here, which says how to call it so that it succeeds;
a new option needs nothing. A new row of sys.def needs a wrapper (`wrap_socket.c` or
`wrap_system.c`), without which the fault build does not link, and the errors worth
trying on it (`expected.py`).
"""
