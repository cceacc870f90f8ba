"""All recipes, registered."""

from . import recipes_address, recipes_open, recipes_socket
from .stage import Case, cases, missing

CHAPTERS = (recipes_address, recipes_open, recipes_socket)

__all__ = ["CHAPTERS", "Case", "cases", "missing"]
