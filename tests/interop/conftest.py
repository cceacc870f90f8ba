"""The programs of others, started by the fixtures that other suites have."""

from netsocket_conformance.fixtures import *  # noqa: F403 (pytest finds them here)
