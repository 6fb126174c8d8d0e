"""The one way in which these tests look at a refusal: by its reason code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mpctls.reference.foundation.errors import Refused


@contextmanager
def refused(reason: str) -> Iterator[None]:
    """The block must refuse with exactly this reason."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.reason == reason
