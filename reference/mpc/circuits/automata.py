"""The lexical classes of committed ranges as deterministic automata over octets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """A deterministic automaton; an octet without a transition is refused for good.

    `transitions[state]` lists (octets, next state) with disjoint sets of octets. The first state is initial.
    """

    name: str
    transitions: Mapping[str, tuple[tuple[frozenset[int], str], ...]]
    accepting: frozenset[str]

    @property
    def states(self) -> tuple[str, ...]:
        """The states in the order of the table."""
        return tuple(self.transitions)

    def next_state(self, state: str, octet: int) -> str | None:
        """Return the state after one octet, or None if it is refused."""
        for octets, following in self.transitions[state]:
            if octet in octets:
                return following
        return None

    def accepts(self, octets: bytes) -> bool:
        """Return whether the class contains the whole octet string."""
        state: str | None = self.states[0]
        for octet in octets:
            if state is None:
                return False
            state = self.next_state(state, octet)
        return state in self.accepting


# One row for each transition: state, next state, octets in hexadecimal. The first row's state is initial,
# a state marked with * is accepting wherever it stands.

# RFC 8259 section 7 with section 8.1 and RFC 3629 section 4: after an octet that begins a sequence, `tail-n`
# awaits n further ones, and the `after` states exclude overlong forms, surrogates and values above U+10FFFF.
# Of escaped surrogates only a high one with a low one after it is accepted (`pair` states).
_JSON_STRING_INTERIOR: Final = """
    text*         text*         20-21 23-5b 5d-7f
    text*         escape        5c
    text*         tail-1        c2-df
    text*         after-e0      e0
    text*         tail-2        e1-ec ee-ef
    text*         after-ed      ed
    text*         after-f0      f0
    text*         tail-3        f1-f3
    text*         after-f4      f4
    tail-1        text*         80-bf
    tail-2        tail-1        80-bf
    tail-3        tail-2        80-bf
    after-e0      tail-1        a0-bf
    after-ed      tail-1        80-9f
    after-f0      tail-2        90-bf
    after-f4      tail-2        80-8f
    escape        text*         22 2f 5c 62 66 6e 72 74
    escape        digit-1       75
    digit-1       digit-2       30-39 41-43 45-46 61-63 65-66
    digit-1       digit-2-of-d  44 64
    digit-2       digit-3       30-39 41-46 61-66
    digit-2-of-d  digit-3       30-37
    digit-2-of-d  high-3        38-39 41-42 61-62
    digit-3       digit-4       30-39 41-46 61-66
    digit-4       text*         30-39 41-46 61-66
    high-3        high-4        30-39 41-46 61-66
    high-4        pair-escape   30-39 41-46 61-66
    pair-escape   pair-letter   5c
    pair-letter   pair-1        75
    pair-1        pair-2        44 64
    pair-2        digit-3       43-46 63-66
"""

# RFC 8259 section 6.
_JSON_NUMBER: Final = """
    start      minus      2d
    start      zero*      30
    start      integer*   31-39
    minus      zero*      30
    minus      integer*   31-39
    integer*   integer*   30-39
    integer*   point      2e
    integer*   exponent   45 65
    zero*      point      2e
    zero*      exponent   45 65
    point      fraction*  30-39
    fraction*  fraction*  30-39
    fraction*  exponent   45 65
    exponent   sign       2b 2d
    exponent   power*     30-39
    sign       power*     30-39
    power*     power*     30-39
"""

# RFC 8259 section 3; states are named by what they have read, those with one remainder in common are one.
_JSON_LITERAL: Final = """
    start  t       74
    start  f       66
    start  n       6e
    t      tr      72
    tr     last-e  75
    f      fa      61
    fa     fal     6c
    fal    last-e  73
    last-e whole*  65
    n      nu      75
    nu     nul     6c
    nul    whole*  6c
"""

# RFC 9110 section 5.5 without its trimming: a range is proved octet by octet.
_HEADER_VALUE: Final = """
    value*  value*  09 20-7e 80-ff
"""


def _octets(ranges: list[str]) -> frozenset[int]:
    """Return the set that ranges such as `20-21` and single octets such as `5c` make up."""
    members: set[int] = set()
    for each in ranges:
        first, _, last = each.partition("-")
        members.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(members)


def _automaton(name: str, table: str) -> Automaton:
    """Read a table."""
    transitions: dict[str, list[tuple[frozenset[int], str]]] = {}
    accepting = set()
    for row in table.strip().splitlines():
        cells = row.split()
        marked, ranges = cells[:2], cells[2:]
        for state in marked:
            transitions.setdefault(state.removesuffix("*"), [])
            if state.endswith("*"):
                accepting.add(state.removesuffix("*"))
        origin, following = (state.removesuffix("*") for state in marked)
        transitions[origin].append((_octets(ranges), following))
    return Automaton(
        name=name,
        transitions=MappingProxyType({state: tuple(rows) for state, rows in transitions.items()}),
        accepting=frozenset(accepting),
    )


# The class `any` holds every octet string and needs no automaton.
AUTOMATA: Final[Mapping[str, Automaton]] = MappingProxyType(
    {
        name: _automaton(name, table)
        for name, table in (
            ("json-string-interior", _JSON_STRING_INTERIOR),
            ("json-number", _JSON_NUMBER),
            ("json-literal", _JSON_LITERAL),
            ("header-value", _HEADER_VALUE),
        )
    }
)
