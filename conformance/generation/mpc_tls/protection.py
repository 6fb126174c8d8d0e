"""Records octet for octet: key streams, tags, shares of tags, and what is checked of records after close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpctls.spec.algebra.fields import element_to_block
from mpctls.spec.mpc_tls.messages import Record, SentRecordCiphertext
from mpctls.spec.mpc_tls.records import additional_data_of, tag_share
from mpctls.spec.tls.constants import CLOSE_NOTIFY
from mpctls.spec.tls.galois_counter_mode import (
    counter_block,
    hash_blocks,
    hash_key,
    hash_with_powers,
    key_stream,
    powers_of,
    tag_mask,
    xor,
)
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.record_protection import WriteKey, explicit_nonce_of, protect, record_nonce

from ...fields import listed, number, optional
from ...operations.shapes import Json
from ..labelled import Labelled
from ..tls_session.authoring import Accepted, Change, changes
from ..vector import Family, MutationKind, Vector

_RECORDS, _FINALISATION = "mpc_tls/records", "mpc_tls/finalisation"
_STREAM = Labelled(label=_RECORDS)
_LENGTHS = (1, 2, 15, 16, 17, 31, 32, 33, 48, 100)
_TAG = "mpc-tls/tag-mismatch"
_APPLICATION_DATA, _HANDSHAKE, _ALERT = 23, 22, 21


def write_key(label: str) -> WriteKey:
    """A labelled key and implicit nonce."""
    return WriteKey(
        key=_STREAM.octets(16, f"{label} key"), implicit_nonce=_STREAM.octets(4, f"{label} nonce")
    )


def protected(
    key: WriteKey, place: int, kind: int, content: bytes, explicit_nonce: bytes | None = None
) -> Record:
    """A record as whoever holds the key makes it."""
    made = protect(
        key,
        sequence_number=place,
        content_type=kind,
        explicit_nonce=explicit_nonce_of(place) if explicit_nonce is None else explicit_nonce,
        plaintext=content,
    )
    return Record(
        content_type=kind, explicit_nonce=made.explicit_nonce, ciphertext=made.ciphertext, tag=made.tag
    )


def _streams() -> Iterator[Vector]:
    key = write_key("stream")
    base = Accepted(
        operation="mpc_tls/key-stream",
        name="finished",
        given={
            "key": key.key,
            "implicit nonce": key.implicit_nonce,
            "explicit nonce": bytes(8),
            "length": number(16),
        },
    )
    nonce = record_nonce(key.implicit_nonce, bytes(8))
    blocks = [counter_block(nonce, counter).hex() for counter in (1, 2)]
    yield base.vector("The one block of a Finished message.", intermediate={"counter blocks": blocks})
    for length in _LENGTHS:
        if length != 16:
            yield base.but(f"length-{length}", length=number(length)).vector(
                "Whole blocks, the last one cut."
            )
    for word, explicit in (
        ("one", explicit_nonce_of(1)),
        ("maximum", b"\xff" * 8),
        ("high", b"\x80" + bytes(7)),
    ):
        yield base.but(f"nonce-{word}", explicit_nonce=explicit).vector(
            "The explicit nonce stands behind the implicit one.",
            intermediate={"nonce": record_nonce(key.implicit_nonce, explicit).hex()},
        )
    yield base.but("implicit-maximum", implicit_nonce=b"\xff" * 4).vector("An implicit nonce of octets 0xff.")
    yield base.but("key-zero", key=bytes(16)).vector("A key of zeros.")
    yield base.but("key-maximum", key=b"\xff" * 16).vector("A key of octets 0xff.")


def _tag_parts(key_of_hash: bytes, data: bytes, ciphertext: bytes) -> dict[str, Json]:
    blocks = hash_blocks(data, ciphertext)
    powers = powers_of(key_of_hash, len(blocks))
    return {
        "blocks": [block.hex() for block in blocks],
        "powers of H": [element_to_block(power).hex() for power in powers],
        "GHASH": hash_with_powers(powers, blocks).hex(),
    }


def _tags() -> Iterator[Vector]:
    key_of_hash, mask = _STREAM.octets(16, "hash key"), _STREAM.octets(16, "tag mask")
    base = Accepted(
        operation="mpc_tls/tag",
        name="usual",
        given={
            "hash key": key_of_hash,
            "tag mask": mask,
            "additional data": additional_data_of(1, _APPLICATION_DATA, 40),
            "ciphertext": _STREAM.octets(40, "ciphertext"),
        },
    )
    cases = [(base, "The additional data of a record, and three blocks of ciphertext.")]
    for length in (0, *_LENGTHS):
        ciphertext = _STREAM.octets(length, "other ciphertext")
        data = additional_data_of(7, _APPLICATION_DATA, length)
        cases.append((
            base.but(f"ciphertext-of-{length}", ciphertext=ciphertext, additional_data=data),
            "Ciphertext is filled with zeros to whole blocks; its length in bits is hashed last.",
        ))  # fmt: skip
    for length in (0, 1, 16, 17, 32):
        cases.append((
            base.but(f"data-of-{length}", additional_data=_STREAM.octets(length, "data")),
            "So is the additional data.",
        ))  # fmt: skip
    cases += [
        (base.but("hash-key-zero", hash_key=bytes(16)), "With H = 0 the tag is the mask."),
        (base.but("hash-key-one", hash_key=b"\x80" + bytes(15)), "H = 1: the first bit is the constant term."),
        (base.but("hash-key-last-bit", hash_key=bytes(15) + b"\1"), "H = x^127."),
        (base.but("mask-zero", tag_mask=bytes(16)), "The tag is GHASH."),
        (base.but("data-moved-into-ciphertext", additional_data=b"", ciphertext=bytes(13) + bytes(3)),
         "The lengths tell additional data and ciphertext apart."),
    ]  # fmt: skip
    for case, comment in cases:
        given = case.given
        parts = _tag_parts(given["hash key"], given["additional data"], given["ciphertext"])
        yield case.vector(comment, intermediate=parts)


def _shares() -> Iterator[Vector]:
    key = write_key("shares")
    for place, length in ((0, 16), (1, 1), (2, 16), (3, 17), (2**32, 40), (2**64 - 1, 64)):
        kind = _APPLICATION_DATA if place else _HANDSHAKE
        ciphertext = _STREAM.octets(length, f"ciphertext {place}")
        message = SentRecordCiphertext(sequence_number=place, content_type=kind, ciphertext=ciphertext)
        blocks = hash_blocks(additional_data_of(place, kind, length), ciphertext)
        mask = tag_mask(key.key, record_nonce(key.implicit_nonce, explicit_nonce_of(place)))
        powers = [element_to_block(power) for power in powers_of(hash_key(key.key), len(blocks))]
        drawn = [_STREAM.octets(16, f"power {place} {index}") for index in range(len(powers))]
        drawn_mask = _STREAM.octets(16, f"mask {place}")
        others = [xor(left, right) for left, right in zip(powers, drawn, strict=True)]
        other_mask = xor(mask, drawn_mask)
        tag = tag_share(tuple(powers), mask, message)
        for party, of_powers, of_mask in (
            ("prover", drawn, drawn_mask),
            ("notary", others, other_mask),
            ("whole", powers, mask),
        ):
            case = Accepted(
                operation="mpc_tls/tag-share",
                name=f"record-{place}-{party}",
                given={
                    "powers": listed(of_powers),
                    "mask": of_mask,
                    "sequence number": number(place),
                    "content type": number(kind),
                    "ciphertext": ciphertext,
                },
            )
            comment = (
                "From the powers themselves comes the tag."
                if party == "whole"
                else "One party's share; with the other's it gives the tag."
            )
            yield case.vector(
                comment,
                intermediate={
                    "additional data": additional_data_of(place, kind, length).hex(),
                    "blocks": [block.hex() for block in blocks],
                    "tag": tag.hex(),
                },
            )


def _protected() -> Iterator[Vector]:
    key = write_key("protected")
    cases: list[tuple[str, str, int, int, bytes]] = [
        (
            "finished",
            "Record 0: a Finished message.",
            0,
            _HANDSHAKE,
            finished_message(_STREAM.octets(12, "finished")),
        ),
        ("close-notify", "An alert of two octets.", 5, _ALERT, CLOSE_NOTIFY),
        (
            "same-content-again",
            "One content, two sequence numbers, two records.",
            1,
            _APPLICATION_DATA,
            b"GET /",
        ),
        ("same-content", "The explicit nonce is the sequence number.", 2, _APPLICATION_DATA, b"GET /"),
        ("large-number", "Big-endian in eight octets.", 0x0102030405060708, _APPLICATION_DATA, b"GET /"),
        ("largest-number", "The largest sequence number.", 2**64 - 1, _APPLICATION_DATA, b"GET /"),
        ("zeros", "The ciphertext of zeros is the key stream.", 3, _APPLICATION_DATA, bytes(40)),
        ("longest", "As long as a record may be.", 4, _APPLICATION_DATA, bytes(16384)),
    ]
    cases += [
        (
            f"length-{length}",
            "Content of another length.",
            9,
            _APPLICATION_DATA,
            _STREAM.octets(length, "content"),
        )
        for length in _LENGTHS
    ]
    for name, comment, place, kind, content in cases:
        case = Accepted(
            operation="mpc_tls/protect-record",
            name=name,
            given={
                "key": key.key,
                "implicit nonce": key.implicit_nonce,
                "sequence number": number(place),
                "content type": number(kind),
                "plaintext": content,
            },
        )
        nonce = record_nonce(key.implicit_nonce, explicit_nonce_of(place))
        steps: dict[str, Json] = {
            "nonce": nonce.hex(),
            "additional data": additional_data_of(place, kind, len(content)).hex(),
            "H": hash_key(key.key).hex(),
            "tag mask": tag_mask(key.key, nonce).hex(),
        }
        if len(content) <= 100:
            steps["key stream"] = key_stream(key.key, nonce, len(content)).hex()
        yield case.vector(comment, intermediate=steps)


def _direction() -> tuple[WriteKey, list[Record]]:
    key = write_key("received")
    contents = [(_HANDSHAKE, finished_message(bytes(12))), (_APPLICATION_DATA, b"HTTP/1.1 200 OK\r\n\r\n")]
    contents += [(_APPLICATION_DATA, b'{"age": 37}'), (_ALERT, CLOSE_NOTIFY)]
    return key, [
        protected(key, place, kind, content, _STREAM.octets(8, f"explicit {place}"))
        for place, (kind, content) in enumerate(contents)
    ]


def _faults(records: list[Record]) -> Iterator[tuple[str, list[Record], Change]]:
    """Records of which one is not as it was made; where each fault is, by a word and the change."""
    for place, record in enumerate(records):
        for change in changes(record.tag):
            changed = replace(record, tag=change.octets)
            yield f"{place}.tag", [*records[:place], changed, *records[place + 1 :]], change
        for change in changes(record.ciphertext):
            changed = replace(record, ciphertext=change.octets)
            yield f"{place}.ciphertext", [*records[:place], changed, *records[place + 1 :]], change
        change = next(changes(record.explicit_nonce))
        changed = replace(record, explicit_nonce=change.octets)
        yield f"{place}.explicit_nonce", [*records[:place], changed, *records[place + 1 :]], change
        other = _APPLICATION_DATA if record.content_type != _APPLICATION_DATA else _HANDSHAKE
        replaced = Change(word="other", kind=MutationKind.REPLACE, detail=f"type {other}", octets=b"")
        changed = replace(record, content_type=other)
        yield f"{place}.content_type", [*records[:place], changed, *records[place + 1 :]], replaced
        if len(record.ciphertext) > 2:
            shorter = Change(word="shorter", kind=MutationKind.TRUNCATE, detail="last octet", octets=b"")
            changed = replace(record, ciphertext=record.ciphertext[:-1])
            yield f"{place}.ciphertext", [*records[:place], changed, *records[place + 1 :]], shorter
        longer = Change(word="longer", kind=MutationKind.EXTEND, detail="one octet zero", octets=b"")
        changed = replace(record, ciphertext=record.ciphertext + b"\0")
        yield f"{place}.ciphertext", [*records[:place], changed, *records[place + 1 :]], longer
    for word, kind, changed_records in (
        ("first-missing", MutationKind.REMOVE, records[1:]),
        ("second-missing", MutationKind.REMOVE, [records[0], *records[2:]]),
        ("second-twice", MutationKind.DUPLICATE, [*records[:2], *records[1:]]),
        ("swapped", MutationKind.REORDER, [records[0], records[2], records[1], records[3]]),
    ):
        yield "", changed_records, Change(word=word, kind=kind, detail="", octets=b"")


def _encoded(records: list[Record]) -> bytes:
    return listed([record.encode() for record in records])


def _opened() -> Iterator[Vector]:
    key, records = _direction()
    base = Accepted(
        operation="mpc_tls/open-records",
        name="usual",
        given={
            "key": key.key,
            "implicit nonce": key.implicit_nonce,
            "records": _encoded(records),
        },
    )
    yield base.vector("Finished, two records of application data, close_notify.")
    yield base.but("finished-alone", records=_encoded(records[:1])).vector("No application data.")
    yield base.but("cut-off", records=_encoded(records[:-1])).vector("Records at the end may be missing.")
    for where, changed, change in _faults(records):
        yield base.refused(
            "-".join(filter(None, (where.replace(".", "-").replace("_", "-"), change.word))),
            "One record is not the Server's of this place.",
            _TAG,
            change.kind,
            f"records.{where}" if where else "records",
            detail=change.detail,
            records=_encoded(changed),
        )
    for field, octets in (("key", key.key), ("implicit_nonce", key.implicit_nonce)):
        for change in changes(octets):
            yield base.refused(
                f"{field.replace('_', '-')}-{change.word}",
                "The records were made under something else.",
                _TAG,
                change.kind,
                field.replace("_", " "),
                detail=change.detail,
                key=change.octets if field == "key" else key.key,
                implicit_nonce=change.octets if field == "implicit_nonce" else key.implicit_nonce,
            )


def _proved() -> Iterator[Vector]:
    key, records = _direction()
    masks = [tag_mask(key.key, record_nonce(key.implicit_nonce, each.explicit_nonce)) for each in records]
    base = Accepted(
        operation="mpc_tls/check-tags",
        name="usual",
        given={
            "hash key": hash_key(key.key),
            "tag masks": listed(masks),
            "records": _encoded(records),
        },
    )
    yield base.vector("What was proved gives every registered tag.")
    yield base.but("one-record", tag_masks=listed(masks[:1]), records=_encoded(records[:1])).vector(
        "One record."
    )
    for where, changed, change in _faults(records):
        if where.endswith("explicit_nonce") or len(changed) != len(records):
            continue
        yield base.refused(
            "-".join(filter(None, (where.replace(".", "-").replace("_", "-"), change.word))),
            "One registered record has another tag than what was proved gives.",
            _TAG,
            change.kind,
            f"records.{where}" if where else "records",
            detail=change.detail,
            records=_encoded(changed),
        )
    for change in changes(base.given["hash key"]):
        yield base.refused(
            f"hash-key-{change.word}", "Another hash key was proved.", _TAG, change.kind, "hash key",
            detail=change.detail, hash_key=change.octets,
        )  # fmt: skip
    for place, mask in enumerate(masks):
        for change in changes(mask):
            changed_masks = [*masks[:place], change.octets, *masks[place + 1 :]]
            yield base.refused(
                f"mask-{place}-{change.word}", "Another mask was proved.", _TAG, change.kind,
                f"tag masks.{place}", detail=change.detail, tag_masks=listed(changed_masks),
            )  # fmt: skip


def _connection() -> Iterator[Vector]:
    """Both directions under keys that are known, and the contents that are fixed."""
    keys = {party: write_key(party) for party in ("client", "server")}
    data = {party: _STREAM.octets(12, f"{party} verify data") for party in keys}
    client, server = keys["client"], keys["server"]
    sent = [protected(client, 0, _HANDSHAKE, finished_message(data["client"]))]
    sent.append(protected(client, 1, _APPLICATION_DATA, b"GET / HTTP/1.1\r\n\r\n"))
    received = [protected(server, 0, _HANDSHAKE, finished_message(data["server"]), b"explicit")]
    received.append(protected(server, 1, _APPLICATION_DATA, b"HTTP/1.1 200 OK\r\n\r\n", bytes(8)))
    closing = [*received, protected(server, 2, _ALERT, CLOSE_NOTIFY, b"\xff" * 8)]
    base = Accepted(
        operation="mpc_tls/check-records",
        name="closed",
        given={
            "client key": client.key,
            "server key": server.key,
            "client implicit nonce": client.implicit_nonce,
            "server implicit nonce": server.implicit_nonce,
            "client verify data": optional(data["client"]),
            "server verify data": optional(data["server"]),
            "sent": _encoded(sent),
            "received": _encoded(closing),
        },
    )
    yield base.vector("Both Finished messages, a request, a response, close_notify.")
    yield base.but("cut-off", received=_encoded(received)).vector("Without alert at the end.")
    yield base.but("finished-alone", sent=_encoded(sent[:1]), received=_encoded(received[:1])).vector(
        "Nothing after the handshake."
    )
    for field, party, records, mismatch in (
        ("sent", "client", sent, "mpc-tls/client-finished-mismatch"),
        ("received", "server", closing, "mpc-tls/server-finished-mismatch"),
    ):
        key, honest = keys[party], finished_message(data[party])
        for place, record in enumerate(records):
            changed = [*records[:place], replace(record, tag=record.tag[:-1] + b"\0"), *records[place + 1 :]]
            yield _of_direction(base, field, f"tag-{place}", _TAG, MutationKind.ZERO, f"{place}.tag", changed)
        for place in (0, 3, 4, 15):
            content = honest[:place] + bytes([honest[place] ^ 1]) + honest[place + 1 :]
            other = protected(key, 0, _HANDSHAKE, content, records[0].explicit_nonce)
            yield _of_direction(
                base, field, f"content-{place}", mismatch, MutationKind.FLIP, f"0.content.{place}",
                [other, *records[1:]],
            )  # fmt: skip
        yield _of_direction(base, field, "none", mismatch, MutationKind.REMOVE, "", [])
        for change in changes(data[party]):
            yield _of_verify_data(base, party, change.word, mismatch, change.kind, change.octets)
        yield _of_verify_data(base, party, "absent", mismatch, MutationKind.REMOVE, None)
    for word, alert in (
        ("fatal", b"\2\0"),
        ("handshake-failure", b"\2\x28"),
        ("warning", b"\1\x5a"),
        ("zero", bytes(2)),
    ):
        other = protected(server, 2, _ALERT, alert, b"\xff" * 8)
        yield _of_direction(
            base, "received", f"alert-{word}", "mpc-tls/alert-not-close-notify", MutationKind.REPLACE, "2.content",
            [*received, other],
        )  # fmt: skip


def _of_direction(
    base: Accepted, field: str, word: str, reason: str, kind: MutationKind, where: str, records: list[Record]
) -> Vector:
    return base.refused(
        f"{field}-{word}",
        "One record of a direction is not what it must be.",
        reason,
        kind,
        f"{field}.{where}".rstrip("."),
        sent=_encoded(records) if field == "sent" else base.given["sent"],
        received=_encoded(records) if field == "received" else base.given["received"],
    )


def _of_verify_data(
    base: Accepted, party: str, word: str, reason: str, kind: MutationKind, octets: bytes | None
) -> Vector:
    field = f"{party} verify data"
    given = {name: base.given[name] for name in ("client verify data", "server verify data")}
    given[field] = optional(octets)
    return base.refused(
        f"{party}-verify-data-{word}",
        "Record 0 holds another Finished message than the computation gives.",
        reason,
        kind,
        field,
        client_verify_data=given["client verify data"],
        server_verify_data=given["server verify data"],
    )


FAMILIES = (
    Family(step=_RECORDS, name="key-streams", summary="What a record needs of its key.", make=_streams),
    Family(step=_RECORDS, name="tags", summary="Tags from H and mask.", make=_tags),
    Family(step=_RECORDS, name="tag-shares", summary="Shares of tags, and their sum.", make=_shares),
    Family(step=_RECORDS, name="protected", summary="Protected records, octet for octet.", make=_protected),
    Family(
        step=_FINALISATION, name="opened", summary="Records of a direction, opened after close.", make=_opened
    ),
    Family(step=_FINALISATION, name="proved-tags", summary="Tags against what was proved.", make=_proved),
    Family(
        step=_FINALISATION, name="contents", summary="Both directions, and fixed contents.", make=_connection
    ),
)
