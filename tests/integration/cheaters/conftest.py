"""Cheats and protections are played on every engine profile."""

from collections.abc import Iterator

import pytest

from mpctls.reference.foundation.identifiers import DEFAULT_ENGINE_PROFILES, ENGINE_PROFILES
from tests.unit.engine.parties import PROFILE


def _profiles() -> Iterator[object]:
    for profile in ENGINE_PROFILES:
        marks = [] if profile == DEFAULT_ENGINE_PROFILES[0] else [pytest.mark.slow]
        yield pytest.param(profile, marks=marks)


@pytest.fixture(params=_profiles(), scope="module")
def engine_profile(request: pytest.FixtureRequest) -> Iterator[str]:
    """The profile of the sessions of a test; the usual one alone where only fast tests are run."""
    profile: str = request.param
    token = PROFILE.set(profile)
    yield profile
    PROFILE.reset(token)
