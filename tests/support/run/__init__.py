"""Plugins of pytest: which cases run, what came of them, the report."""
