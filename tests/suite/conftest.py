"""The fixtures for other suites, as another suite has them."""

from netsocket_conformance.fixtures import *  # noqa: F403 (pytest finds them here)
