"""Records registered in their order, and the first that is out of it: each refusal at its first and later places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from mpctls.spec.messages import encode_message
from mpctls.spec.mpc_tls.messages import (
    Budget,
    CloseSession,
    ReceivedRecord,
    Record,
    SentRecord,
    SentRecordCiphertext,
)
from mpctls.spec.tls.record_protection import explicit_nonce_of

from ...fields import Fields, listed
from ..labelled import Labelled
from ..tls_session.authoring import Accepted, flip
from ..vector import Family, MutationKind, Vector

_STEP, _CLOSE = "mpc_tls/record_state_machine", "mpc_tls/close"
_STREAM = Labelled(label=_STEP)
_BUDGET = Budget(sent_octets=60, sent_records=3, received_octets=80, received_records=4)
_HANDSHAKE, _APPLICATION_DATA, _ALERT = 22, 23, 21
_REPLACE = MutationKind.REPLACE
_AFTER_CLOSE, _AFTER_ALERT = "mpc-tls/record-after-close", "mpc-tls/record-after-alert"
_SEQUENCE, _UNREGISTERED = "mpc-tls/sequence-number-mismatch", "mpc-tls/unregistered-record"
_TYPE, _LENGTH, _VERSION = (
    f"mpc-tls/unexpected-{what}" for what in ("content-type", "record-length", "record-version")
)
_DIFFERS, _NONCE, _OVER = (
    "mpc-tls/registered-record-differs",
    "mpc-tls/repeated-nonce",
    "mpc-tls/budget-exceeded",
)
_LINK = "link/unexpected-message"

Message: TypeAlias = SentRecordCiphertext | SentRecord | ReceivedRecord | CloseSession


def _sent(sequence: int, kind: int, length: int) -> list[Message]:
    ciphertext = _STREAM.octets(length, f"sent {sequence}")
    record = Record(
        content_type=kind,
        explicit_nonce=explicit_nonce_of(sequence),
        ciphertext=ciphertext,
        tag=_STREAM.octets(16, f"tag {sequence}"),
    )
    return [
        SentRecordCiphertext(sequence_number=sequence, content_type=kind, ciphertext=ciphertext),
        SentRecord(sequence_number=sequence, record=record),
    ]


def _received(sequence: int, kind: int, length: int) -> ReceivedRecord:
    record = Record(
        content_type=kind,
        explicit_nonce=_STREAM.octets(8, f"explicit {sequence}"),
        ciphertext=_STREAM.octets(length, f"received {sequence}"),
        tag=_STREAM.octets(16, f"received tag {sequence}"),
    )
    return ReceivedRecord(record=record)


def _session() -> list[Message]:
    """Both Finished, two requests of 20 and 40 octets, three responses of 10, 30 and 40, an alert."""
    return [
        *_sent(0, _HANDSHAKE, 16),
        _received(0, _HANDSHAKE, 16),
        *_sent(1, _APPLICATION_DATA, 20),
        *_sent(2, _APPLICATION_DATA, 40),
        _received(1, _APPLICATION_DATA, 10),
        _received(2, _APPLICATION_DATA, 30),
        _received(3, _APPLICATION_DATA, 40),
        _received(4, _ALERT, 2),
    ]


def _fields(messages: Sequence[Message], budget: Budget = _BUDGET) -> Fields:
    return {"budget": budget.encode(), "messages": listed([encode_message(each) for each in messages])}


def _case(operation: str, name: str, messages: Sequence[Message], budget: Budget = _BUDGET) -> Accepted:
    return Accepted(operation=f"mpc_tls/{operation}", name=name, given=_fields(messages, budget))


def _registered() -> Iterator[Vector]:
    whole = _session()
    for name, comment, messages in (
        ("whole", "A session from Finished to the alert, as large as its budget.", whole),
        ("closed", "And closed.", [*whole, CloseSession()]),
        ("nothing", "No message.", []),
        ("finished-sent", "The client's Finished alone.", whole[:2]),
        ("outstanding", "A ciphertext whose record has not come yet.", whole[:1]),
        ("handshake", "Both Finished.", whole[:3]),
        ("server-first", "The Server's record may be registered before the client's.", [whole[2], *whole[:2]]),
        ("no-alert", "A response that just ends.", whole[:-1]),
        ("alert-at-once", "An alert behind the Server's Finished.", [*whole[:7], _received(4, _ALERT, 2)]),
        ("interleaved", "Requests and responses in turn.", [*whole[:5], whole[7], *whole[5:7], *whole[8:]]),
        ("sent-after-alert", "The Prover may still send.", [*whole[:3], whole[10], *whole[3:7]]),
        ("closed-early", "Closed behind the handshake.", [*whole[:3], CloseSession()]),
        ("closed-at-once", "The register does not know that a handshake is missing.", [CloseSession()]),
        ("one-octet-each", "The shortest records.",
         [*whole[:3], *_sent(1, _APPLICATION_DATA, 1), _received(1, _APPLICATION_DATA, 1)]),
        ("nonce-of-the-other-direction", "Each direction has nonces of its own.",
         [*whole[:2], ReceivedRecord(record=replace(_record(whole[2]), explicit_nonce=bytes(8)))]),
        ("records-alike", "One ciphertext under two nonces is two records.",
         [*whole[:8], ReceivedRecord(record=replace(_record(whole[7]), explicit_nonce=bytes(8)))]),
    ):  # fmt: skip
        yield _case("register", name, messages).vector(comment)
    long = Budget(sent_octets=16384, sent_records=1, received_octets=16384, received_records=1)
    longest = [*whole[:3], *_sent(1, _APPLICATION_DATA, 16384), _received(1, _APPLICATION_DATA, 16384)]
    yield _case("register", "longest-records", longest, long).vector("Records of 2^14 octets.")


def _record(message: Message) -> Record:
    if not isinstance(message, SentRecord | ReceivedRecord):
        raise TypeError("a message without record")
    return message.record


class _Faults:
    """Changes of the messages of one accepted session."""

    def __init__(self, base: Accepted, messages: list[Message]) -> None:
        self._base = base
        self._messages = messages

    def replaced(
        self, place: int, word: str, reason: str, message: Message, field: str, kind: MutationKind = _REPLACE
    ) -> Vector:
        """One message is another."""
        changed = [*self._messages[:place], message, *self._messages[place + 1 :]]
        return self._of(f"{place}-{word}", "One field of one message is another.", reason, kind,
                        f"messages.{place}.{field}", changed)  # fmt: skip

    def structure(
        self, word: str, comment: str, reason: str, kind: MutationKind, place: int, changed: list[Message]
    ) -> Vector:
        """Messages are missing, doubled or elsewhere."""
        return self._of(f"{place}-{word}", comment, reason, kind, f"messages.{place}", changed)

    def _of(
        self, name: str, comment: str, reason: str, kind: MutationKind, field: str, messages: list[Message]
    ) -> Vector:
        given = _fields(messages)
        return self._base.refused(name, comment, reason, kind, field, messages=given["messages"])


def _refused() -> Iterator[Vector]:
    whole = _session()
    faults = _Faults(_case("register", "whole", whole), whole)
    for place, message in enumerate(whole):
        if isinstance(message, SentRecordCiphertext):
            yield from _asked(faults, whole, place, message)
        elif isinstance(message, SentRecord):
            yield from _completed(faults, whole, place, message)
        elif isinstance(message, ReceivedRecord):
            yield from _arrived(faults, whole, place, message)
    closed = [*whole, CloseSession()]
    after = _Faults(_case("register", "closed", closed), closed)
    for word, message, reason in (
        ("ciphertext-after-close", _sent(3, _APPLICATION_DATA, 1)[0], _AFTER_CLOSE),
        ("record-after-close", _sent(3, _APPLICATION_DATA, 1)[1], _LINK),
        ("received-after-close", _received(5, _APPLICATION_DATA, 1), _AFTER_CLOSE),
        ("alert-after-close", _received(5, _ALERT, 2), _AFTER_CLOSE),
    ):
        yield after.structure(
            word,
            "Nothing is registered after close.",
            reason,
            MutationKind.INSERT,
            len(closed),
            [*closed, message],
        )
    yield after.structure(
        "close-after-close", "A connection closes once.", _LINK, MutationKind.INSERT, len(closed),
        [*closed, CloseSession()],
    )  # fmt: skip
    for place in (3, 5, 7, 8, 9, 10):
        yield faults.structure(
            "close-before", "Nothing is registered after close.", _AFTER_CLOSE, MutationKind.INSERT, place,
            [*whole[:place], CloseSession(), *whole[place:]],
        )  # fmt: skip
    yield from _budgets(whole)


def _asked(
    faults: _Faults, whole: list[Message], place: int, message: SentRecordCiphertext
) -> Iterator[Vector]:
    number, expected = message.sequence_number, message.content_type
    for word, other in (("next", number + 1), ("before", number - 1), ("maximum", 2**64 - 1), ("zero", 0)):
        if other >= 0 and other != number and (word != "zero" or number > 1):
            changed = replace(message, sequence_number=other)
            yield faults.replaced(place, f"sequence-{word}", _SEQUENCE, changed, "sequence_number")
    for other in sorted({0, 20, 21, 22, 23, 24, 255} - {expected}):
        changed = replace(message, content_type=other)
        yield faults.replaced(place, f"type-{other}", _TYPE, changed, "content_type")
    for length in (0, 1, 15, 17, 32, 16384) if expected == _HANDSHAKE else (0,):
        changed = replace(message, ciphertext=bytes(length))
        yield faults.replaced(place, f"length-{length}", _LENGTH, changed, "ciphertext")
    yield faults.structure("ciphertext-missing", "A record that was not asked for.", _LINK, MutationKind.REMOVE, place,
                           [*whole[:place], *whole[place + 1 :]])  # fmt: skip
    yield faults.structure("ciphertext-twice", "One tag share for one sequence number.", _SEQUENCE,
                           MutationKind.DUPLICATE, place, [*whole[: place + 1], *whole[place:]])  # fmt: skip
    other_text = replace(message, ciphertext=flip(message.ciphertext, 0))
    yield faults.structure("second-ciphertext", "Two ciphertexts of one number: two tags would give away H.",
                           _SEQUENCE, MutationKind.INSERT, place + 1,
                           [*whole[: place + 1], other_text, *whole[place + 1 :]])  # fmt: skip
    yield faults.structure("swapped", "The record comes before its ciphertext.", _LINK, MutationKind.SWAP, place,
                           [*whole[:place], whole[place + 1], message, *whole[place + 2 :]])  # fmt: skip
    yield faults.structure("close-outstanding", "The Server may have got a record that the transcript lacks.",
                           _UNREGISTERED, MutationKind.INSERT, place + 1,
                           [*whole[: place + 1], CloseSession(), *whole[place + 1 :]])  # fmt: skip


def _completed(faults: _Faults, whole: list[Message], place: int, message: SentRecord) -> Iterator[Vector]:
    number, record = message.sequence_number, message.record
    for word, other in (("next", number + 1), ("before", number - 1), ("maximum", 2**64 - 1)):
        if other >= 0:
            changed = replace(message, sequence_number=other)
            yield faults.replaced(place, f"sequence-{word}", _SEQUENCE, changed, "sequence_number")
    for field, word, kind, other_record in (
        ("content_type", "alert", _REPLACE, replace(record, content_type=_ALERT)),
        ("content_type", "zero", MutationKind.ZERO, replace(record, content_type=0)),
        ("version", "tls-1-1", _REPLACE, replace(record, version=0x0302)),
        ("version", "tls-1-3", _REPLACE, replace(record, version=0x0304)),
        ("explicit_nonce", "next", _REPLACE, replace(record, explicit_nonce=explicit_nonce_of(number + 1))),
        ("explicit_nonce", "maximum", MutationKind.MAXIMUM, replace(record, explicit_nonce=b"\xff" * 8)),
        ("explicit_nonce", "high", MutationKind.FLIP, replace(record, explicit_nonce=flip(record.explicit_nonce, 0))),
        ("ciphertext", "first", MutationKind.FLIP, replace(record, ciphertext=flip(record.ciphertext, 0))),
        ("ciphertext", "last", MutationKind.FLIP, replace(record, ciphertext=flip(record.ciphertext, 15))),
        ("ciphertext", "shorter", MutationKind.TRUNCATE, replace(record, ciphertext=record.ciphertext[:-1])),
        ("ciphertext", "longer", MutationKind.EXTEND, replace(record, ciphertext=record.ciphertext + b"\0")),
        ("ciphertext", "none", MutationKind.REMOVE, replace(record, ciphertext=b"")),
    ):  # fmt: skip
        yield faults.replaced(place, f"{field.replace('_', '-')}-{word}", _DIFFERS,
                              replace(message, record=other_record), f"record.{field}", kind)  # fmt: skip
    if number:
        swapped = replace(record, explicit_nonce=record.explicit_nonce[::-1])
        yield faults.replaced(place, "explicit-nonce-little-endian", _DIFFERS, replace(message, record=swapped),
                              "record.explicit_nonce", MutationKind.REORDER)  # fmt: skip
    yield faults.structure(
        "record-missing",
        "The Notary helps with nothing before the record is registered.",
        _UNREGISTERED,
        MutationKind.REMOVE,
        place,
        [*whole[:place], *whole[place + 1 :]],
    )
    yield faults.structure("record-twice", "No tag share is outstanding.", _LINK, MutationKind.DUPLICATE, place,
                           [*whole[: place + 1], *whole[place:]])  # fmt: skip


def _arrived(faults: _Faults, whole: list[Message], place: int, message: ReceivedRecord) -> Iterator[Vector]:
    record = message.record

    def changed(word: str, reason: str, field: str, other: Record) -> Vector:
        return faults.replaced(place, word, reason, ReceivedRecord(record=other), f"record.{field}")

    for version in (0, 0x0301, 0x0302, 0x0304, 0x0203):
        yield changed(f"version-{version:04x}", _VERSION, "version", replace(record, version=version))
    allowed = {_HANDSHAKE} if record.content_type == _HANDSHAKE else {_APPLICATION_DATA, _ALERT}
    for other in sorted({0, 20, 21, 22, 23, 24, 255} - allowed):
        yield changed(f"type-{other}", _TYPE, "content_type", replace(record, content_type=other))
    lengths = {_HANDSHAKE: (0, 15, 17, 16384), _APPLICATION_DATA: (0,), _ALERT: (0, 1, 3, 16)}
    for length in lengths[record.content_type]:
        yield changed(f"length-{length}", _LENGTH, "ciphertext", replace(record, ciphertext=bytes(length)))
    earlier = [each.record for each in whole[:place] if isinstance(each, ReceivedRecord)]
    for word, one in (("first", earlier[:1]), ("previous", earlier[1:][-1:])):
        for found in one:
            yield changed(f"nonce-of-the-{word}", _NONCE, "explicit_nonce",
                          replace(record, explicit_nonce=found.explicit_nonce))  # fmt: skip
    again = {_HANDSHAKE: _TYPE, _APPLICATION_DATA: _NONCE, _ALERT: _AFTER_ALERT}[record.content_type]
    yield faults.structure("received-twice", "The Prover registers a record again.", again, MutationKind.DUPLICATE,
                           place, [*whole[: place + 1], *whole[place:]])  # fmt: skip
    if record.content_type == _HANDSHAKE:
        yield faults.structure("received-missing", "The first record must be a Finished message.", _TYPE,
                               MutationKind.REMOVE, place, [*whole[:place], *whole[place + 1 :]])  # fmt: skip
    if record.content_type == _ALERT:
        for word, later in (("data", _received(5, _APPLICATION_DATA, 1)), ("alert", _received(5, _ALERT, 2))):
            yield faults.structure(f"{word}-after-alert", "The alert is the last record.", _AFTER_ALERT,
                                   MutationKind.INSERT, place + 1, [*whole, later])  # fmt: skip
    for before in (1, 4, 6):
        if place > 6 or before == 1:
            moved = [*whole[:before], message, *(each for each in whole[before:] if each is not message)]
            yield faults.structure(f"received-at-{before}", "A record is registered while one sent is outstanding.",
                                   _UNREGISTERED, MutationKind.REORDER, place, moved)  # fmt: skip


def _budgets(whole: list[Message]) -> Iterator[Vector]:
    base = _case("register", "whole", whole)
    for field in ("sent_octets", "sent_records", "received_octets", "received_records"):
        used = {"sent_octets": 60, "sent_records": 2, "received_octets": 80, "received_records": 3}[field]
        exact = replace(_BUDGET, **{field: used})
        name = field.replace("_", "-")
        if exact != _BUDGET:
            yield base.but(f"{name}-exact", budget=exact.encode()).vector(
                "The budget is used up to its last."
            )
        for word, kind, amount in (("one-less", _REPLACE, used - 1), ("zero", MutationKind.ZERO, 0)):
            less = replace(_BUDGET, **{field: amount})
            yield base.refused(
                f"{name}-{word}",
                "One record is more than the budget; both Finished and the alert do not count.",
                _OVER,
                kind,
                f"budget.{field}",
                detail=str(amount),
                budget=less.encode(),
            )
    smallest = Budget(sent_octets=0, sent_records=0, received_octets=0, received_records=0)
    yield _case("register", "no-budget", [*whole[:3], whole[-1]], smallest).vector(
        "Finished and alert need no budget."
    )


def _served() -> Iterator[Vector]:
    whole = _session()
    end = CloseSession()
    base = _case("serve-until-close", "whole", [*whole, end])
    yield base.vector("All records, then close.")
    for name, comment, messages in (
        ("handshake-alone", "Closed behind both Finished.", [*whole[:3], end]),
        ("no-alert", "Closed without alert.", [*whole[:-1], end]),
        ("more-behind-close", "What comes behind close is not looked at.", [*whole, end, *_sent(3, 23, 1)]),
        ("closed-twice", "Nor is a second close.", [*whole, end, end]),
    ):
        yield _case("serve-until-close", name, messages).vector(comment)
    for place in (0, 1, 2):
        yield base.refused(
            f"close-at-{place}",
            "The Server's Finished is not registered yet.",
            _LINK,
            MutationKind.INSERT,
            f"messages.{place}",
            messages=_fields([*whole[:place], end, *whole[place:], end])["messages"],
        )
    for place in (4, 6):
        yield base.refused(
            f"close-at-{place}",
            "A tag share is outstanding.",
            _UNREGISTERED,
            MutationKind.INSERT,
            f"messages.{place}",
            messages=_fields([*whole[:place], end, *whole[place:], end])["messages"],
        )
    ciphertext = whole[5]
    if not isinstance(ciphertext, SentRecordCiphertext):
        raise TypeError("a ciphertext was meant")
    for word, message, reason in (
        ("sequence", replace(ciphertext, sequence_number=3), _SEQUENCE),
        ("type", replace(ciphertext, content_type=_ALERT), _TYPE),
        ("length", replace(ciphertext, ciphertext=b""), _LENGTH),
        ("budget", replace(ciphertext, ciphertext=bytes(41)), _OVER),
    ):
        yield base.refused(
            f"ciphertext-{word}",
            "The role refuses as its register does.",
            reason,
            _REPLACE,
            "messages.5",
            messages=_fields([*whole[:5], message, *whole[6:], end])["messages"],
        )


def _sequences() -> Iterator[Vector]:
    yield from _registered()
    yield from _refused()


FAMILIES = (
    Family(
        step=_STEP, name="registers", summary="Sequences that are registered or refused.", make=_sequences
    ),
    Family(step=_CLOSE, name="served", summary="What a Notary serves until close.", make=_served),
)
