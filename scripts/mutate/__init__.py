"""Changes to the code, one at a time, and whether a test sees each."""
