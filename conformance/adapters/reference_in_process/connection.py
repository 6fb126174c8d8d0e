"""The open connection of the reference: its two engines, the Notary's register, and the role that serves records."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final, cast

import numpy as np

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import (
    SESSION_MESSAGE,
    Budget,
    CloseSession,
    ReceivedRecord,
    Record,
    SentRecord,
    SentRecordCiphertext,
)
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.identifiers import Closure, Direction
from mpctls.reference.mpc.engine import closing
from mpctls.reference.mpc.engine.computation import Computation, key_stream_blocks, tag_mask_block
from mpctls.reference.mpc.engine.ledger import Evaluation
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import Disclosure
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import ProtectedRecord as EngineRecord
from mpctls.reference.mpc.engine.records import SessionKeys, finished_message, record_tag_share
from mpctls.reference.mpc.kernels.aes import encrypt, expand_key
from mpctls.reference.mpc.kernels.binary_field import from_gcm, powers
from mpctls.reference.mpc.share_conversion.ghash import tag_share
from mpctls.reference.mpc.zero_knowledge.bits import octets_of
from mpctls.reference.tls import key_schedule, p256
from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.handshake import ClientHandshake, _State
from mpctls.reference.tls.protection import RecordOpener, RecordSealer
from mpctls.reference.tls.record_layer import ProtectedRecord
from mpctls.reference.tls.registration import RecordRegister
from mpctls.reference.tls.server_name import parse_server_name

from ...fields import Fields, flag, listed, number, read_list, read_number, read_optional
from .engines import Engines, registered
from .roles import notary
from .scripted import EngineThatStops, play

_RECORD = Struct(Record)
_BUDGET = Struct(Budget)
_HANDSHAKE, _APPLICATION_DATA = 22, 23
_VECTOR = 4
BLOCK_OCTETS: Final = 16


def after_key_schedule(fields: Fields, prover_type: type[ProverEngine] = ProverEngine) -> Engines:
    """Both engines with all keys."""
    engines = Engines(_BUDGET.decode(fields["budget"]) if "budget" in fields else None, prover_type)
    server = p256.decode_point(fields["server key"])
    engines.key_exchange(
        p256.multiply_full(int.from_bytes(fields["prover scalar"], "big"), server),
        p256.multiply_full(int.from_bytes(fields["notary scalar"], "big"), server),
    )
    session_hash = read_optional(fields["session hash"])
    seed = session_hash or fields["client random"] + fields["server random"]
    extended = session_hash is not None
    engines.both(
        lambda: engines.prover.master_secret(seed=seed, extended=extended),
        lambda: engines.notary.master_secret(seed=seed, extended=extended),
    )
    expansion = fields["server random"] + fields["client random"]
    engines.both(
        lambda: engines.prover.key_expansion(seed=expansion),
        lambda: engines.notary.key_expansion(seed=expansion),
    )
    return engines


def _opened(ledger: list[Evaluation]) -> bytes:
    """Everything that was opened to both, in order: the bit of the joining circuit apart, both nonces as two."""
    opened: list[bytes] = []
    for evaluation in ledger:
        if evaluation.application.disclosure is not Disclosure.BOTH or evaluation.decoded is None:
            continue
        bits = evaluation.decoded[0]
        if evaluation.application.name == "pre-master-secret":
            bits = bits[1:]
        octets = octets_of(bits)
        if evaluation.application.name == "key-expansion/second-digest":
            opened += [octets[:_VECTOR], octets[_VECTOR:]]
        else:
            opened.append(octets)
    return listed(opened)


def _key_schedule(fields: Fields) -> Fields:
    engines = after_key_schedule(fields)
    return {"prover": _opened(engines.prover.ledger), "notary": _opened(engines.notary.ledger)}


def shake_hands(
    fields: Fields, server_finished: Record, prover_type: type[ProverEngine] = ProverEngine
) -> tuple[Engines, bytes]:
    """Both Finished; the plaintext of the Server's comes with the engines."""
    engines = after_key_schedule(fields, prover_type)
    hashes = read_list(fields["handshake hashes"])
    verify_data, _ = engines.both(
        lambda: engines.prover.client_finished(hashes[0]), lambda: engines.notary.client_finished(hashes[0])
    )
    other = read_optional(fields["client finished"]) if "client finished" in fields else None
    engines.send(_HANDSHAKE, other or finished_message(verify_data))
    engines.receive(server_finished)
    engines.both(
        lambda: engines.prover.server_finished(hashes[1]), lambda: engines.notary.server_finished(hashes[1])
    )
    nonce = server_finished.explicit_nonce
    stream, _ = engines.both(
        lambda: engines.prover.server_finished_key_stream(nonce),
        lambda: engines.notary.server_finished_key_stream(nonce),
    )
    pairs = zip(server_finished.ciphertext, stream or b"", strict=True)
    return engines, bytes(left ^ right for left, right in pairs)


def _open_finished(fields: Fields) -> Fields:
    engines, plaintext = shake_hands(fields, _RECORD.decode(fields["server finished"]))
    return {
        "prover": _opened(engines.prover.ledger),
        "notary": _opened(engines.notary.ledger),
        "server finished": plaintext,
    }


def _server_finished(fields: Fields) -> Fields:
    handshake = ClientHandshake(server_name=parse_server_name("bank.example"), client_random=bytes(32))
    handshake._state = _State.SERVER_FINISHED
    handshake.check_server_finished(fields["message"], fields["verify data"])
    return {}


def _send_records(fields: Fields) -> Fields:
    engines, _ = shake_hands(fields, _RECORD.decode(fields["server finished"]))
    requests = read_list(fields["requests"])
    for request in requests:
        engines.send(_APPLICATION_DATA, request)
    # Short values occur by chance.
    secrets = [each for each in (*engines.streams, *requests) if len(each) >= 12]
    return {
        "records": listed([_RECORD.encode(registered(record)) for record in engines.sent]),
        "hidden from the notary": flag(not any(engines.views[1].holds(secret) for secret in secrets)),
    }


def finalised(fields: Fields, prover_type: type[ProverEngine] = ProverEngine) -> Engines:
    """Both engines after close and proof."""
    received = [_RECORD.decode(octets) for octets in read_list(fields["received"])]
    engines, _ = shake_hands(fields, received[0], prover_type)
    for request in read_list(fields["requests"]):
        engines.send(_APPLICATION_DATA, request)
    for record in received[1:]:
        engines.receive(record)
    engines.close()
    engines.finalise()
    return engines


def received_octets(engines: Engines) -> bytes:
    """What the Prover decrypts of the response with the keys that it has after close."""
    keys = engines.keys
    if keys is None:
        raise ValueError("the session is not finalised")
    opener = RecordOpener(key=keys.server_key, salt=keys.server_initial_vector)
    contents = []
    for record in engines.received:
        protected = ProtectedRecord(
            content_type=ContentType(record.content_type),
            explicit_nonce=record.explicit_nonce,
            ciphertext=record.ciphertext,
            tag=record.tag,
        )
        content = opener.open(protected)
        if record.content_type == _APPLICATION_DATA:
            contents.append(content)
    return b"".join(contents)


def _finalise(fields: Fields) -> Fields:
    engines = finalised(fields)
    register = engines.register
    closure = Closure.CLOSE_NOTIFY if register.alert_received else Closure.NOT_RECEIVED
    return {
        "sent": b"".join(read_list(fields["requests"])),
        "received": received_octets(engines),
        "sent length": number(register.application_length(Direction.SENT)),
        "received length": number(register.application_length(Direction.RECEIVED)),
        "closure": number(closure.value),
    }


def _records_of(register: RecordRegister) -> Fields:
    return {
        "sent": listed([_RECORD.encode(each.record) for each in register.sent]),
        "received": listed([_RECORD.encode(each.record) for each in register.received]),
        "sent length": number(register.application_length(Direction.SENT)),
        "received length": number(register.application_length(Direction.RECEIVED)),
    }


def _register(fields: Fields) -> Fields:
    register = RecordRegister(_BUDGET.decode(fields["budget"]))
    for octets in read_list(fields["messages"]):
        message = SESSION_MESSAGE.decode(octets)
        if isinstance(message, SentRecordCiphertext):
            register.request_tag_share(message)
        elif isinstance(message, SentRecord):
            register.register_sent(message)
        elif isinstance(message, ReceivedRecord):
            register.register_received(message)
        elif isinstance(message, CloseSession):
            register.close()
    return _records_of(register)


class _EngineWithoutKeys(EngineThatStops):
    """Gives tag shares of nothing, for a role whose record keeping is what is looked at."""

    def tag_share(self, *arguments: Any) -> bytes:
        """A share of no tag."""
        return bytes(16)

    def close(self) -> None:
        """There is nothing to erase."""


def _serve(fields: Fields) -> Fields:
    registers: list[RecordRegister] = []

    async def serve(link: Link) -> None:
        session = notary(link)
        session._engine = cast(NotaryEngine, _EngineWithoutKeys())
        session._register = RecordRegister(_BUDGET.decode(fields["budget"]))
        registers.append(session._register)
        await session.serve_records()

    play(serve, read_list(fields["messages"]))
    return _records_of(registers[0])


def _pseudorandom_function(fields: Fields) -> Fields:
    length = read_number(fields["length"])
    return {"octets": key_schedule.prf(fields["secret"], fields["label"], fields["seed"], length)}


def _derive_keys(fields: Fields) -> Fields:
    session_hash, secret = read_optional(fields["session hash"]), fields["pre-master secret"]
    randoms = {"client_random": fields["client random"], "server_random": fields["server random"]}
    if session_hash is None:
        master = key_schedule.master_secret(secret, **randoms)
    else:
        master = key_schedule.extended_master_secret(secret, session_hash=session_hash)
    keys = key_schedule.traffic_keys(master, **randoms)
    return {
        "master secret": master,
        "client key": keys.client_key,
        "server key": keys.server_key,
        "client implicit nonce": keys.client_salt,
        "server implicit nonce": keys.server_salt,
    }


def _verify_data(fields: Fields) -> Fields:
    derive = (key_schedule.client_verify_data, key_schedule.server_verify_data)
    chosen = derive[read_number(fields["direction"])]
    return {"verify data": chosen(fields["master secret"], fields["handshake hash"])}


def _key_stream(fields: Fields) -> Fields:
    vector, nonce, length = fields["implicit nonce"], fields["explicit nonce"], read_number(fields["length"])
    counters = key_stream_blocks(vector, nonce, 0, -(-length // BLOCK_OCTETS))
    blocks = bytes(BLOCK_OCTETS) + tag_mask_block(vector, nonce) + counters
    rows = np.frombuffer(blocks, np.uint64).reshape(-1, 2)
    encrypted = encrypt(expand_key(fields["key"]), rows).tobytes()
    return {
        "hash key": encrypted[:BLOCK_OCTETS],
        "tag mask": encrypted[BLOCK_OCTETS : 2 * BLOCK_OCTETS],
        "key stream": encrypted[2 * BLOCK_OCTETS :][:length],
    }


def _tag(fields: Fields) -> Fields:
    data, ciphertext = fields["additional data"], fields["ciphertext"]
    count = 1 - (-len(data) // BLOCK_OCTETS) - (-len(ciphertext) // BLOCK_OCTETS)
    of_hash_key = powers(from_gcm(fields["hash key"]), count + 1)[1:]
    return {"tag": tag_share(of_hash_key, data, ciphertext, fields["tag mask"])}


def _tag_share(fields: Fields) -> Fields:
    shares = np.stack([from_gcm(power) for power in read_list(fields["powers"])])
    sequence, content_type = read_number(fields["sequence number"]), read_number(fields["content type"])
    share = record_tag_share(shares, fields["mask"], sequence, content_type, fields["ciphertext"])
    return {"share": share}


def _protect_record(fields: Fields) -> Fields:
    sealer = RecordSealer(key=fields["key"], salt=fields["implicit nonce"])
    sealer._sequence_number = read_number(fields["sequence number"])
    content_type = ContentType(read_number(fields["content type"]))
    return {"record": sealer._seal(content_type, fields["plaintext"]).encode()}


def _protected(records: bytes) -> list[EngineRecord]:
    return [
        EngineRecord(
            content_type=record.content_type,
            explicit_nonce=record.explicit_nonce,
            ciphertext=record.ciphertext,
            tag=record.tag,
        )
        for record in map(_RECORD.decode, read_list(records))
    ]


def _open_records(fields: Fields) -> Fields:
    records = _protected(fields["records"])
    contents = closing._decrypt("received", fields["key"], fields["implicit nonce"], records)
    pairs = zip(records, contents, strict=True)
    data = [content for record, content in pairs if record.content_type == _APPLICATION_DATA]
    return {"application data": b"".join(data)}


def _check_records(fields: Fields) -> Fields:
    sent, received = _protected(fields["sent"]), _protected(fields["received"])
    opened = {party: read_optional(fields[f"{party} verify data"]) for party in ("client", "server")}
    computation = cast(
        Computation,
        SimpleNamespace(
            verify_data={f"{party}-finished": data for party, data in opened.items() if data is not None},
            server_finished_nonce=received[0].explicit_nonce if received else b"",
            record_lengths=[len(record.ciphertext) for record in sent],
        ),
    )
    keys = SessionKeys(
        client_key=fields["client key"],
        server_key=fields["server key"],
        client_initial_vector=fields["client implicit nonce"],
        server_initial_vector=fields["server implicit nonce"],
    )
    closing.require_recordable(computation, sent, received)
    closing.check_own_records(computation, keys, sent, received)
    return {}


def _check_tags(fields: Fields) -> Fields:
    values = closing.DirectionValues(
        finished_key_stream=b"",
        hash_key=fields["hash key"],
        tag_masks=read_list(fields["tag masks"]),
        alert_key_stream=b"",
    )
    closing._check_tags("received", values, _protected(fields["records"]))
    return {}


HANDLERS = {
    "mpc_tls/pseudorandom-function": _pseudorandom_function,
    "mpc_tls/derive-keys": _derive_keys,
    "mpc_tls/verify-data": _verify_data,
    "mpc_tls/key-stream": _key_stream,
    "mpc_tls/tag": _tag,
    "mpc_tls/tag-share": _tag_share,
    "mpc_tls/protect-record": _protect_record,
    "mpc_tls/open-records": _open_records,
    "mpc_tls/check-tags": _check_tags,
    "mpc_tls/check-records": _check_records,
    "mpc_tls/key-schedule": _key_schedule,
    "mpc_tls/open-finished": _open_finished,
    "mpc_tls/server-finished": _server_finished,
    "mpc_tls/send-records": _send_records,
    "mpc_tls/finalise": _finalise,
    "mpc_tls/register": _register,
    "mpc_tls/serve-until-close": _serve,
}
