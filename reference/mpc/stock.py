"""What was made and is not given out yet: rows of arrays, given out in order, and copied only where arrays meet."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

Element = TypeVar("Element", bound=np.generic)


class Stock(Generic[Element]):
    """Rows in the order in which they were added; each is given out once."""

    __slots__ = ("_empty", "_length", "_parts")

    def __init__(self, empty: npt.NDArray[Element]) -> None:
        """Begin with nothing; `empty` has the shape and type of no rows."""
        self._empty = empty
        self._parts: deque[npt.NDArray[Element]] = deque()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, rows: npt.NDArray[Element]) -> None:
        """Append rows, which belong to the stock from here on."""
        if len(rows):
            self._parts.append(rows)
            self._length += len(rows)

    def take(self, count: int) -> npt.NDArray[Element]:
        """Remove the first `count` rows and return them; they belong to the caller, who may write to them.

        Requires that there are as many: ValueError.
        """
        if not 0 <= count <= self._length:
            raise ValueError("a stock gives out no more than it holds")
        self._length -= count
        taken = []
        while count:
            first = self._parts.popleft()
            taken.append(first[:count])
            if len(first) > count:
                self._parts.appendleft(first[count:])
            count -= len(taken[-1])
        if len(taken) == 1:
            return taken[0]
        return np.concatenate([self._empty, *taken])

    def erase(self) -> None:
        """Overwrite and forget what was not given out."""
        for part in self._parts:
            part[:] = 0
        self._parts.clear()
        self._length = 0
