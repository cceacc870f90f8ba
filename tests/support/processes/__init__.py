"""Other processes, and what one may have: descriptors, limits, privileges."""
