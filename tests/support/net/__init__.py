"""Namespaces, peers, a name server, certificates."""
