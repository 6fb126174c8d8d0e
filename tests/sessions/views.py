"""A party's view as a file: every value that a tap was shown, in order, before and after close."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from mpctls.reference.settings import CLOSED

_LARGE: Final = 256
# No secret contains it, so that none is found across two entries.
_SEPARATOR: Final = bytes.fromhex("5e9f1b0c6a2d4e83")


class Recorder:
    """A tap that appends to a file: u16 length of the label ‖ label ‖ u8 kind ‖ u64 number ‖ octets.

    Kind 0: `number` octets follow. Kind 1: a large value that is in this part of the view already, as the entry of
    that number among those of kind 0; no octets follow. Integers are little-endian.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._seen: dict[bytes, int] = {}
        self._written = 0
        self._lock = threading.Lock()

    def record(self, label: str, octets: bytes) -> None:
        with self._lock:
            if label == CLOSED:
                self._seen.clear()
            digest = hashlib.blake2b(octets, digest_size=16).digest()
            earlier = self._seen.get(digest) if len(octets) >= _LARGE else None
            name = label.encode()
            self._file.write(len(name).to_bytes(2, "little") + name)
            if earlier is not None:
                self._file.write(b"\x01" + earlier.to_bytes(8, "little"))
                return
            self._file.write(b"\x00" + len(octets).to_bytes(8, "little"))
            self._file.write(octets)
            self._seen[digest] = self._written
            self._written += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a view: all octets, joined by separators; where each entry begins; the values of each label."""

    octets: bytes = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    values: dict[str, list[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a party saw and computed before the session was closed, and after."""

    before: Part
    after: Part

    def all(self, label: str) -> list[bytes]:
        """Every value recorded under a label, in order."""
        return self.before.values.get(label, []) + self.after.values.get(label, [])

    def only(self, label: str) -> bytes:
        """The value under a label that a session records once."""
        (value,) = self.all(label)
        return value


def read_view(path: Path) -> View:
    """Read what a `Recorder` wrote; fails when the session was not closed or the file is cut off."""
    file = path.read_bytes()
    parts: list[list[tuple[str, bytes, bool]]] = [[]]
    written: list[bytes] = []
    place = 0
    while place < len(file):
        end = place + 2 + int.from_bytes(file[place : place + 2], "little")
        label, repeated = file[place + 2 : end].decode(), file[end] == 1
        number = int.from_bytes(file[end + 1 : end + 9], "little")
        place = end + 9
        if repeated:
            octets = written[number]
        else:
            octets = file[place : place + number]
            place += number
            written.append(octets)
        if label == CLOSED:
            parts.append([])
        else:
            parts[-1].append((label, octets, repeated))
    if place != len(file):
        raise ValueError(f"{path} is cut off")
    before, after = parts
    return View(before=_part(before), after=_part(after))


def _part(entries: list[tuple[str, bytes, bool]]) -> Part:
    values: dict[str, list[bytes]] = {}
    starts: list[int] = []
    labels: list[str] = []
    pieces: list[bytes] = []
    place = 0
    for label, octets, repeated in entries:
        values.setdefault(label, []).append(octets)
        if not repeated:
            starts.append(place)
            labels.append(label)
            pieces.append(octets)
            place += len(octets) + len(_SEPARATOR)
    return Part(octets=_SEPARATOR.join(pieces), starts=tuple(starts), labels=tuple(labels), values=values)
