"""What the benchmarks share: the build that they look at, the machine, the tools."""
