"""Which cases run: by id, stage, step, feature, importance, and the share of one machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256

from .cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of `count` parts; which part a case belongs to depends on its id alone."""

    number: int = 1
    count: int = 1

    def holds(self, name: str) -> bool:
        """Whether the case of this id belongs to the part."""
        return int.from_bytes(sha256(name.encode()).digest()[:8], "big") % self.count == self.number - 1


def read_shard(text: str) -> Shard:
    """`i/n`, from 1 to n. Raises ValueError."""
    number, _, count = text.partition("/")
    if not all(part.isascii() and part.isdigit() for part in (number, count)):
        raise ValueError("not i/n")
    shard = Shard(number=int(number), count=int(count))
    if not 1 <= shard.number <= shard.count:
        raise ValueError("i is not from 1 to n")
    return shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Cases that match every part that is given; of several values of one part, any."""

    ids: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    importances: tuple[str, ...] = ()
    shard: Shard = Shard()

    def of(self, cases: Iterable[Case]) -> list[Case]:
        """The cases that match, in their order."""
        return [case for case in cases if self.holds(case)]

    def holds(self, case: Case) -> bool:
        """Whether a case matches. An id is a glob over whole ids, or the beginning of one up to a `/`."""
        return (
            (not self.ids or any(matches(pattern, case.id) for pattern in self.ids))
            and (not self.stages or case.stage in self.stages)
            and (not self.steps or case.step in self.steps or case.step.partition("/")[2] in self.steps)
            and (not self.features or any(feature in case.features for feature in self.features))
            and (not self.importances or case.importance in self.importances)
            and self.shard.holds(case.id)
        )


def matches(pattern: str, name: str) -> bool:
    """Whether a glob matches an id, or names a stage, step or family that it is in."""
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern.rstrip('/')}/*")
