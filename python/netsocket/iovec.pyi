"""Buffers in a row."""

from . import IoVec

def new() -> IoVec: ...
