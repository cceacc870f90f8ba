"""Cases that hold in every language; each runs on each front."""
