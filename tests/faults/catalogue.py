"""All recipes, registered."""

from . import (
    recipes_address,
    recipes_file,
    recipes_message,
    recipes_open,
    recipes_option,
    recipes_parts,
    recipes_pollset,
    recipes_reader,
    recipes_socket,
    recipes_timeout,
    recipes_wait,
)
from .setup import Trial, missing, trials

CHAPTERS = (
    recipes_address,
    recipes_file,
    recipes_message,
    recipes_open,
    recipes_option,
    recipes_parts,
    recipes_pollset,
    recipes_reader,
    recipes_socket,
    recipes_timeout,
    recipes_wait,
)

__all__ = ["CHAPTERS", "Trial", "missing", "trials"]
