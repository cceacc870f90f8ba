"""What the tests share: fronts, networks, processes, the run, and checks for leaks."""
