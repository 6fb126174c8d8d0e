"""Ten thousand exchanges with random redactions: a view is what other parsers read of the whole, or there is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.unit.http.generated import Exchange, exchanges
from tests.unit.http.test_generated import outcome

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
MESSAGES = 10_000


@settings(max_examples=MESSAGES // 2)
@given(exchanges())
def test_ten_thousand_messages_are_viewed_rightly_or_not_at_all(exchange: Exchange) -> None:
    assert outcome(exchange)
