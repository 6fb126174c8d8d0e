"""What a mutant is: a module of the specification, and one change of it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """How the specification was changed."""

    REMOVED = "check removed"
    PART_REMOVED = "part of a check removed"
    BOUNDARY = "boundary moved by one"
    CALL_REMOVED = "call of a check removed"
    DECLARED = "a known defect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one module.

    `id` is the module's path, the function and a running number: the same as long as that function does not change.
    `reason` is the code that the check gives, empty where the text does not say. `anchor` is the position of the
    statement before which a vector must have come to reach the check, `build` makes the changed tree of the module.
    """

    id: str
    module: str
    function: str
    line: int
    change: Change
    text: str
    reason: str
    anchor: tuple[int, int]
    build: Callable[[], ast.Module]
