"""One row for each way to cheat, and what came of playing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """Who cheats, or who noticed it."""

    PROVER = "Prover"
    NOTARY = "Notary"

    @property
    def other(self) -> Role:
        return Role.NOTARY if self is Role.PROVER else Role.PROVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a session ended, and the reason of each party that refused by itself; `step` is None if it did not end.

    `signed`: the Notary signed something. `proved`: the Prover sent something of its proof.
    """

    step: str | None
    reasons: dict[Role, str]
    signed: bool = False
    proved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cheat and the reason for which it is refused.

    `attacks` are ids of the attack catalogue (a letter first) or numbers of items of the protocol review.
    """

    name: str
    role: Role
    attacks: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheater(Row):
    """A cheat that `play` plays: the party that is cheated ends the session in `step`."""

    step: str
    play: Callable[[], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere(Row):
    """A cheat that a test beside the code plays: `test` is its place."""

    test: str
