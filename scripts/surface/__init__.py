"""Makes what readers and editors see of the surface: see __main__.py."""
