"""Conformance cases for sockets, and peers that misbehave as told.

`python -m netsocket_conformance` runs the cases. `netsocket_conformance.fixtures` has
fixtures for other suites, and `netsocket_conformance.peer` what the peers can do.
"""
