"""How much is tried: the same few examples, or with `dev fuzz` many new ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The fronts last for a test and are cleared by it after each example.
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

settings.register_profile(
    "short",
    max_examples=60,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=FIXTURES,
)
settings.register_profile(
    "long",
    max_examples=3000,
    stateful_step_count=60,
    print_blob=True,
    deadline=None,
    suppress_health_check=FIXTURES,
)
settings.load_profile("short")
