"""A view says what other parsers say of the whole message, or there is none."""

from __future__ import annotations

from collections import Counter

from hypothesis import event, given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.reasons import STRUCTURE
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.http.fields import header_fields, json_fields
from mpctls.reference.http.structure import CLASS_OF_KIND, ExchangeView
from tests.unit.foundation.refusals import refused

from .generated import AmbiguousError, Answer, Exchange, by_others, by_view, exchanges


def others(exchange: Exchange) -> list[Answer]:
    """What other parsers say of both whole messages."""
    method = exchange.sent.octets.partition(b" ")[0]
    return [
        by_others(exchange.sent.octets, Direction.SENT, method),
        by_others(exchange.received.octets, Direction.RECEIVED, method),
    ]


def views(view: ExchangeView, exchange: Exchange) -> list[Answer]:
    """What the view says of them."""
    return [by_view(view.request, exchange.sent.octets), by_view(view.response, exchange.received.octets)]


def outcome(exchange: Exchange) -> str:
    """Compare the view with the answer of others; there must be one where only whole tokens are hidden.

    Returns the reason why there is none, or what there is.
    """
    try:
        answers = others(exchange)
    except AmbiguousError:
        answers = None
    try:
        view = exchange.view()
    except Refused as refused:
        assert refused.reason in STRUCTURE
        assert answers is None or not exchange.sound, refused
        return refused.reason
    assert views(view, exchange) == answers
    return "a view of redacted messages" if exchange.sent.hidden or exchange.received.hidden else "a view"


@given(exchanges())
def test_a_view_is_what_other_parsers_read_or_nothing(exchange: Exchange) -> None:
    event(outcome(exchange))


@given(exchanges(), st.booleans(), st.integers(0, 2**16), st.binary(max_size=2), st.integers(0, 2))
def test_a_changed_message_is_what_other_parsers_read_or_nothing(
    exchange: Exchange, sent: bool, place: int, put: bytes, taken: int
) -> None:
    """Whatever these refuse or read otherwise is refused."""
    whole = [exchange.sent.octets, exchange.received.octets]
    octets = whole[not sent]
    place %= len(octets)
    whole[not sent] = octets[:place] + put + octets[place + taken :]
    changed = exchange.revealed(*whole)
    try:
        view = changed.view()
    except Refused as refused:
        assert refused.reason in STRUCTURE
        return
    assert views(view, changed) == others(changed)


@given(exchanges())
def test_the_prover_commits_to_exactly_the_tokens(exchange: Exchange) -> None:
    """By name, each with its class; header fields among them that no Verifier lets be redacted."""
    transcript = Transcript(sent=exchange.sent.octets, received=exchange.received.octets)
    try:
        others(exchange)
    except AmbiguousError:
        with refused("structure/duplicate-key"):
            header_fields(transcript, Direction.RECEIVED)
        return
    for direction, message in ((Direction.SENT, exchange.sent), (Direction.RECEIVED, exchange.received)):
        headers = [(each.ranges, each.lexical_class) for each in header_fields(transcript, direction)]
        values = [(each.ranges, each.lexical_class) for each in json_fields(transcript, direction)]
        tokens = [(ranges, CLASS_OF_KIND[kind]) for ranges, kind in message.tokens]
        assert [each for each in tokens if each[1] is not LexicalClass.HEADER_VALUE] == values
        assert {each for each in tokens if each[1] is LexicalClass.HEADER_VALUE} <= set(headers)


def test_the_generated_exchanges_have_views_and_refusals() -> None:
    """The test above would say nothing if all of them were refused."""
    outcomes: Counter[str] = Counter()

    @settings(max_examples=80, database=None, derandomize=True)
    @given(exchanges())
    def count(exchange: Exchange) -> None:
        outcomes[outcome(exchange)] += 1

    count()
    assert outcomes["a view of redacted messages"] > 5
    assert outcomes["structure/redaction-outside-token"] > 5
