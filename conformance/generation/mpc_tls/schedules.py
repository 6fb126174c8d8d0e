"""Keys of a connection, as one party derives them, with the values that two parties open on the way."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.tls.constants import (
    CLIENT_FINISHED_LABEL,
    KEY_BLOCK_LENGTH,
    KEY_EXPANSION_LABEL,
    MASTER_SECRET_LENGTH,
    SERVER_FINISHED_LABEL,
    VERIFY_DATA_LENGTH,
)
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.pseudorandom_function import derive_master_secret, master_secret_seed
from mpctls.spec.tls.split_pseudorandom_function import (
    inner_digest,
    keyed_states,
    split_pseudorandom_function,
)

from ...fields import Fields, number, optional, read_optional
from ...operations.shapes import Json
from ..labelled import Labelled
from ..tls_session.authoring import Accepted, changes
from ..vector import Family, MutationKind, Vector

_SCHEDULE, _FINISHED = "mpc_tls/key_schedule", "mpc_tls/finished"
_STREAM = Labelled(label=_SCHEDULE)
_LABELS = (CLIENT_FINISHED_LABEL, SERVER_FINISHED_LABEL)


def split(secret: bytes, label: bytes, seed: bytes, length: int) -> dict[str, Json]:
    """Both states of the secret, each A(i), each inner digest, and the output."""
    states = keyed_states(secret)
    found = split_pseudorandom_function(states, label, seed, length)
    before = (label + seed, *found.chain)
    return {
        "labelled seed": (label + seed).hex(),
        "inner state": states.inner.hex(),
        "outer state": states.outer.hex(),
        "inner digests of the chain": [
            inner_digest(states.inner, each).hex() for each in before[: len(found.chain)]
        ],
        "chain": [each.hex() for each in found.chain],
        "inner digests of the output": [
            inner_digest(states.inner, each + label + seed).hex() for each in found.chain
        ],
        "output": found.octets.hex(),
    }


def _outputs() -> Iterator[Vector]:
    secret, seed = _STREAM.octets(32, "secret"), _STREAM.octets(64, "seed")
    base = Accepted(
        operation="mpc_tls/pseudorandom-function",
        name="usual",
        given={"secret": secret, "label": b"test label", "seed": seed, "length": number(100)},
    )
    yield base.vector("A hundred octets.", intermediate=split(secret, b"test label", seed, 100))
    for length in (1, 12, 31, 32, 33, 40, 48, 63, 64, 65):
        yield base.but(f"length-{length}", length=number(length)).vector(
            "Blocks of 32 octets, the last one cut.", intermediate=split(secret, b"test label", seed, length)
        )
    for size in (0, 1, 16, 48, 63, 64):
        other = _STREAM.octets(size, "other secret")
        yield base.but(f"secret-of-{size}", secret=other).vector(
            "Keys of HMAC up to a block are filled with zeros.",
            intermediate=split(other, b"test label", seed, 100),
        )
    for size in (0, 1, 22, 23, 45, 46, 55, 119):
        other = _STREAM.octets(size, "other seed")
        yield base.but(f"seed-of-{size}", seed=other).vector(
            "Label and seed are one string, whose padding may need another block.",
            intermediate=split(secret, b"test label", other, 100),
        )
    yield base.but("no-label", label=b"").vector(
        "No label.", intermediate=split(secret, b"", seed, 100)
    )  # fmt: skip
    yield base.but("label-into-seed", label=b"test labe", seed=b"l" + seed).vector(
        "Nothing separates label and seed: the output is that of the first vector."
    )


def _keys() -> Iterator[Vector]:
    secret, hashed = _STREAM.octets(32, "pre-master secret"), _STREAM.octets(32, "session hash")
    client, server = _STREAM.octets(32, "client random"), _STREAM.octets(32, "server random")
    plain = Accepted(
        operation="mpc_tls/derive-keys",
        name="plain",
        given={
            "pre-master secret": secret,
            "client random": client,
            "server random": server,
            "session hash": optional(None),
        },
    )

    def of_secret(name: str, octets: bytes, base: Accepted = plain) -> Accepted:
        given: Fields = {**base.given, "pre-master secret": octets}
        return Accepted(operation=base.operation, name=name, given=given)

    extended = plain.but("extended", session_hash=optional(hashed))
    cases = [
        (plain, "Without extended master secret: the label is `master secret`, the seed both randoms."),
        (extended, "With extended master secret: the label is `extended master secret`, the seed the hash."),
        (plain.but("randoms-swapped", client_random=server, server_random=client), "Client and server differ."),
        (plain.but("equal-randoms", server_random=client), "Both randoms are one."),
        (of_secret("secret-with-leading-zero", bytes(1) + secret[1:]),
         "Leading zeros of the secret stay: it is a coordinate of 32 octets."),
        (of_secret("extended-leading-zeros", bytes(8) + secret[8:], extended), "Eight of them."),
        (extended.but("hash-zero", session_hash=optional(bytes(32))), "A hash of zeros is a hash."),
        (extended.but("extended-randoms-swapped", client_random=server, server_random=client),
         "The same master secret as with the randoms in order, and another key block."),
        (of_secret("secret-zero", bytes(32)), "A secret of zeros."),
        (of_secret("secret-maximum", b"\xff" * 32), "A secret of octets 0xff."),
    ]  # fmt: skip
    for turn in range(6):
        more = _STREAM.of(f"more {turn}")
        cases.append((
            Accepted(
                operation="mpc_tls/derive-keys",
                name=f"more-{turn}",
                given={
                    "pre-master secret": more.octets(32, "secret"),
                    "client random": more.octets(32, "client"),
                    "server random": more.octets(32, "server"),
                    "session hash": optional(more.octets(32, "hash") if turn % 2 else None),
                },
            ),
            "Another session.",
        ))  # fmt: skip
    for case, comment in cases:
        yield case.vector(comment, intermediate=_steps(case))


def _steps(case: Accepted) -> dict[str, Json]:
    given = case.given
    seed = master_secret_seed(
        client_random=given["client random"],
        server_random=given["server random"],
        session_hash=read_optional(given["session hash"]),
    )
    secret = given["pre-master secret"]
    master = derive_master_secret(secret, seed)
    expansion = given["server random"] + given["client random"]
    return {
        "master secret": split(secret, seed.label, seed.seed, MASTER_SECRET_LENGTH),
        "key block": split(master, KEY_EXPANSION_LABEL, expansion, KEY_BLOCK_LENGTH),
    }


def _verify_data() -> Iterator[Vector]:
    master, hashed = _STREAM.octets(48, "master secret"), _STREAM.octets(32, "handshake hash")
    for name, comment, direction, digest in (
        ("client", "The client's Finished.", 0, hashed),
        ("server", "The Server's Finished over the same hash: only the label differs.", 1, hashed),
        ("client-zero-hash", "A hash of zeros.", 0, bytes(32)),
        ("server-zero-hash", "A hash of zeros.", 1, bytes(32)),
        ("client-maximum-hash", "A hash of octets 0xff.", 0, b"\xff" * 32),
        ("server-maximum-hash", "A hash of octets 0xff.", 1, b"\xff" * 32),
    ):
        case = Accepted(
            operation="mpc_tls/verify-data",
            name=name,
            given={"master secret": master, "direction": number(direction), "handshake hash": digest},
        )
        steps = split(master, _LABELS[direction], digest, VERIFY_DATA_LENGTH)
        yield case.vector(comment, intermediate=steps)


def _server_finished() -> Iterator[Vector]:
    verify_data = _STREAM.octets(12, "verify data")
    message = finished_message(verify_data)
    base = Accepted(
        operation="mpc_tls/server-finished",
        name="usual",
        given={"message": message, "verify data": verify_data},
    )
    yield base.vector("14 00 00 0c and verify_data.")
    yield base.but("zero", message=finished_message(bytes(12)), verify_data=bytes(12)).vector("All zeros.")
    places = (
        ("type", 0),
        ("length-high", 1),
        ("length-middle", 2),
        ("length-low", 3),
        ("first", 4),
        ("last", 15),
    )
    for word, place in places:
        for bit in (0x01, 0x80):
            changed = message[:place] + bytes([message[place] ^ bit]) + message[place + 1 :]
            yield base.refused(
                f"message-{word}-{'low' if bit == 1 else 'high'}",
                "One bit of the Server's message is another.",
                "mpc-tls/server-finished-mismatch",
                MutationKind.FLIP,
                "message",
                detail=f"octet {place}",
                message=changed,
            )
    for change in changes(verify_data):
        yield base.refused(
            f"verify-data-{change.word}",
            "The key schedule gives another verify_data.",
            "mpc-tls/server-finished-mismatch",
            change.kind,
            "verify data",
            detail=change.detail,
            verify_data=change.octets,
        )
    yield base.refused(
        "client-finished",
        "The client's own message comes back.",
        "mpc-tls/server-finished-mismatch",
        MutationKind.REPLACE,
        "message",
        message=finished_message(_STREAM.octets(12, "client verify data")),
    )


FAMILIES = (
    Family(step=_SCHEDULE, name="outputs", summary="Outputs of the pseudorandom function.", make=_outputs),
    Family(step=_SCHEDULE, name="keys", summary="Master secrets and traffic keys.", make=_keys),
    Family(step=_FINISHED, name="verify-data", summary="Contents of Finished messages.", make=_verify_data),
    Family(step=_FINISHED, name="server", summary="The Server's Finished, compared.", make=_server_finished),
)
