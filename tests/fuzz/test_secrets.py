"""Nothing that is written about a session holds a secret of it: no log, no exception, no `repr` of a live object."""

from __future__ import annotations

import base64
import gc
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.engine.closing import DirectionValues, OpenedValues
from mpctls.reference.mpc.engine.records import SessionKeys
from mpctls.reference.mpc.engine.trace import Recomputation
from mpctls.reference.mpc.share_conversion.curve import CoordinateShares
from mpctls.reference.settings import Deadlines
from tests.fuzz.arena import RESPONSE, Arena, Ended, tls_server
from tests.fuzz.deviations import Deviation, Kind, deviating
from tests.fuzz.hostile_server import Interference, Trick, hostile_server
from tests.fuzz.test_sessions import PROVER_FRAMES, alone

TOKEN: Final = b"wz8TqYpM"
REQUEST: Final = b"GET / HTTP/1.1\r\nHost: a\r\nKey: " + TOKEN + b"\r\n\r\n"
_OURS: Final = "mpctls.reference"
# Circuits are public, the same in every session, and megabytes long when they are printed.
_PUBLIC: Final = (
    "mpctls.reference.mpc.circuits",
    "mpctls.reference.mpc.kernels",
    "mpctls.reference.mpc.engine.plan",
)
_KINDS: Final[dict[type, bool]] = {}
_PHASES: Final = ("finished", "proof", "attestation", "end")
_SECRET_LABELS: Final = re.compile("own (scalar|product|pre-master)|traffic keys|client key|server key")


@dataclass(repr=False)
class Secrets:
    """A tap that keeps what nobody else may see."""

    found: dict[str, bytes] = field(default_factory=lambda: {"token": TOKEN, "response": RESPONSE[-24:]})

    def record(self, label: str, octets: bytes) -> None:
        if _SECRET_LABELS.match(label):
            number = sum(key.startswith(label) for key in self.found)
            self.found[f"{label} {number}"] = octets


def forms(secret: bytes) -> Iterator[str]:
    """How octets look like when something prints them; any sixteen of them, or all when there are fewer."""
    for start in range(0, max(1, len(secret) - 15), 16):
        part = secret[start : start + 16]
        yield from (part.hex(), part.hex().upper(), repr(part)[2:-1])
        yield base64.b64encode(part[:15]).decode().rstrip("=")[:20]
        yield ",".join(map(str, part))
        yield from (str(int.from_bytes(part, "little")), str(int.from_bytes(part, "big")))
        bits = [str(octet >> position & 1) for octet in part for position in range(8)]
        yield ",".join(bits)
        yield "".join(bits)
        if len(part) == 16:
            for half in (part[:8], part[8:]):
                yield str(int.from_bytes(half, "little"))
    # A number of any length is printed as a whole.
    yield from (str(int.from_bytes(secret, "little")), str(int.from_bytes(secret, "big")))


def leaks(texts: dict[str, str], secrets: dict[str, bytes]) -> set[tuple[str, str]]:
    """Which text holds which secret."""
    plain = {name: re.sub(r"\s", "", text) for name, text in texts.items()}
    wanted = [(name, re.sub(r"\s", "", form)) for name, secret in secrets.items() for form in forms(secret)]
    # Most objects say the same at every look: each text is searched once, and asked for its name when it is found.
    whole = "\n".join(dict.fromkeys(plain.values()))
    found = [(name, form) for name, form in wanted if form in whole]
    return {(where, name) for name, form in found for where, text in plain.items() if form in text}


def _is_ours(kind: type) -> bool:
    if kind not in _KINDS:
        modules = [str(each.__module__) for each in kind.__mro__]
        ours = any(each.startswith(_OURS) for each in modules)
        _KINDS[kind] = ours and not modules[0].startswith(_PUBLIC)
    return _KINDS[kind]


def live_objects() -> dict[str, str]:
    """What `repr` and `str` make of every object of the implementation that exists."""
    return {
        # What has no `__str__` of its own says there what it says in `repr`.
        f"{type(each).__name__} {number}": repr(each)
        + (str(each) if any("__str__" in vars(kind) for kind in type(each).__mro__[:-1]) else "")
        for number, each in enumerate(gc.get_objects())
        if _is_ours(type(each))
    }


def written(ended: Ended, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """All logs and exceptions of a session."""
    texts = {
        f"log {number}": f"{record.getMessage()} {record.args!r} {record.exc_text}"
        for number, record in enumerate(caplog.records)
    }
    for role, end in (("prover", ended.prover), ("notary", ended.notary)):
        if isinstance(end, BaseException):
            texts[role] = repr(end) + "".join(traceback.format_exception(end))
    return texts


def test_live_objects_say_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = Secrets()
    texts: dict[str, str] = {}

    def look(phase: str, octets_sent: int, octets_received: int) -> None:
        if phase in _PHASES:
            texts.update({f"{phase}: {name}": text for name, text in live_objects().items()})

    async def play() -> Ended:
        async with tls_server() as port:
            patient = Deadlines(peer=30.0, session=60.0)
            arena = Arena(port=port, request=REQUEST, tap=secrets, progress=look, deadlines=patient)
            ended = await arena.play()
            look("end", 0, 0)
            return ended

    ended = alone(play())
    texts |= written(ended, caplog)
    # What the two roles hold was looked at while they held it.
    assert {"own scalar 0", "own scalar 1", "traffic keys 0", "client key 0"} <= set(secrets.found)
    for role in ("Prover", "Notary", "ProverEngine", "Garbler", "NotaryEngine", "SigningKey"):
        assert any(role in name for name in texts), role
    assert not leaks(texts, secrets.found)


@pytest.mark.parametrize("at", [4, 20, 72, 79, 90, PROVER_FRAMES - 2])
def test_refused_sessions_say_nothing(at: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = Secrets()

    async def play() -> Ended:
        async with tls_server() as port:
            link = deviating(Deviation(at=at, kind=Kind.FLIP, place=40), [])
            return await Arena(port=port, request=REQUEST, tap=secrets, prover_link=link).play()

    ended = alone(play())
    assert isinstance(ended.notary, Refused)
    texts = written(ended, caplog)
    assert any(name.startswith("log") for name in texts)
    assert not leaks(texts, secrets.found)


def test_refused_response_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = Secrets()

    async def play() -> Ended:
        async with hostile_server(Interference(at=6, trick=Trick.FLIP, place=9)) as port:
            return await Arena(port=port, request=REQUEST, tap=secrets).play()

    ended = alone(play())
    assert isinstance(ended.prover, Refused)
    assert "traffic keys 0" in secrets.found
    assert not leaks(written(ended, caplog), secrets.found)


_SECRET = bytes(range(7, 39))


_DIRECTION = DirectionValues(
    hash_key=_SECRET, tag_masks=(_SECRET,), finished_key_stream=_SECRET, alert_key_stream=_SECRET
)


@dataclass
class _Leaky:
    """Has the `repr` that a dataclass gets when nobody thinks of it."""

    value: Any


_Leaky.__module__ = f"{_OURS}.leaky"


def _shown() -> Iterator[Any]:
    yield _SECRET
    yield _SECRET.hex()
    yield list(_SECRET)
    yield int.from_bytes(_SECRET, "big")
    yield int.from_bytes(_SECRET, "little")
    yield np.frombuffer(_SECRET, np.uint8)
    yield np.frombuffer(_SECRET, "<u8").reshape(-1, 2)
    yield np.unpackbits(np.frombuffer(_SECRET, np.uint8), bitorder="little")
    yield base64.b64encode(_SECRET)


@pytest.mark.parametrize("value", list(_shown()), ids=lambda each: type(each).__name__)
def test_the_search_finds_a_leak(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mpctls.reference.leaky").debug("computed %s", value)
    ended = Ended(prover=Refused("engine/wrong-length", f"{value!r}"), notary=None)
    texts = written(ended, caplog) | {"leaky": repr(_Leaky(value))}
    found = leaks(texts, {"secret": _SECRET})
    assert {where.partition(" ")[0] for where, _ in found} == {"leaky", "log", "prover"}


@pytest.mark.parametrize(
    "value",
    [
        Recomputation(outputs={"key": np.frombuffer(_SECRET, np.uint8)}, ledger=()),
        OpenedValues(sent=_DIRECTION, received=_DIRECTION),
        SessionKeys(
            client_key=_SECRET, server_key=_SECRET, client_initial_vector=b"", server_initial_vector=b""
        ),
        CoordinateShares(leading=int.from_bytes(_SECRET, "big"), following=0),
    ],
    ids=lambda each: type(each).__name__,
)
def test_values_that_do_not_live_long_say_nothing(value: object) -> None:
    assert not leaks({"value": repr(value)}, {"secret": _SECRET})


def test_live_objects_are_found() -> None:
    leaky = _Leaky(_SECRET)
    assert leaks(live_objects(), {"secret": _SECRET})
    del leaky
