"""What a conformance test sees as `net`: one class for each language's front end.

Both turn their language's idiom back into the same Outcome,
and refuse a result that is none of the idioms, so every call of every test also
checks the shape of its answer.
"""
