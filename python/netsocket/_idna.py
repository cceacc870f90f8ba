"""Hosts beyond ASCII, in the form in which the resolver knows them."""

from __future__ import annotations


def encoded(host: str) -> bytes:
    """By the package idna (IDNA 2008, with the mappings of UTS 46), or without it by
    Python's codec of that name (IDNA 2003). UnicodeError: it has no such form.
    """
    try:
        import idna
    except ImportError:
        return host.encode("idna")
    return idna.encode(host, uts46=True)
