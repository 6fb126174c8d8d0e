"""Key exchange of the reference: shares by commitment, the point sum, the Server's key, the joint secret."""

from __future__ import annotations

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import NotaryKeyShare, ProverKeyShare, ProverKeyShareCommitment
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.tls import p256
from mpctls.reference.tls.constants import CipherSuite
from mpctls.reference.tls.messages import client_key_exchange, decode_server_key_exchange

from ...fields import Fields, flag, number, read_number
from .engines import Engines
from .roles import answer, notary, prover
from .scripted import PrescribedRandomness, content, message, play

_HEADER = 4
_COORDINATE = 32


def _scalar(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def _prover_share(fields: Fields) -> Fields:
    randomness = PrescribedRandomness(
        fields["random"], fields["blinder"], numbers=[_scalar(fields["scalar"]) - 1]
    )
    combined: list[bytes] = []

    async def exchange(link: Link) -> None:
        role = prover(link, agreed=answer(session_id=fields["session id"]), randomness=randomness)
        await role._exchange_key_shares()
        combined.extend((role._public_key.encode(), role._client_random))

    arriving = Struct(NotaryKeyShare).decode(fields["notary share"])
    _, sent = play(exchange, [message(arriving)])
    return {
        "commitment": content(sent[0], Struct(ProverKeyShareCommitment)),
        "opening": content(sent[1], Struct(ProverKeyShare)),
        "combined": combined[0],
        "client random": combined[1],
    }


def _notary_share(fields: Fields) -> Fields:
    randomness = PrescribedRandomness(fields["random"], numbers=[_scalar(fields["scalar"]) - 1])
    random: list[bytes] = []

    async def exchange(link: Link) -> None:
        session = notary(link, agreed=answer(session_id=fields["session id"]), randomness=randomness)
        await session._exchange_key_shares()
        random.append(session._client_random)

    arriving = [
        message(Struct(ProverKeyShareCommitment).decode(fields["commitment"])),
        message(Struct(ProverKeyShare).decode(fields["opening"])),
    ]
    _, sent = play(exchange, arriving)
    return {"share": content(sent[0], Struct(NotaryKeyShare)), "client random": random[0]}


def _combine(fields: Fields) -> Fields:
    total = p256.add_points(p256.decode_point(fields["prover"]), p256.decode_point(fields["notary"]))
    return {"client key exchange": client_key_exchange(total.encode())[_HEADER:]}


def _server_key(fields: Fields) -> Fields:
    read = decode_server_key_exchange(fields["body"], CipherSuite(read_number(fields["suite"])))
    point = p256.decode_point(read.public_key)
    addend = p256.multiply_full(_scalar(fields["scalar"]), point)
    return {
        "public key": read.public_key,
        "scheme": number(int(read.signature_scheme)),
        "signature": read.signature,
        "addend": addend.encode(),
    }


def _forwarded(fields: Fields) -> Fields:
    point = p256.decode_point(fields["server key"])
    return {"addend": p256.multiply_full(_scalar(fields["scalar"]), point).encode()}


def _pre_master_secret(fields: Fields) -> Fields:
    point = p256.decode_point(fields["server key"])
    prover, notary = (
        p256.multiply_full(_scalar(fields[name]), point) for name in ("prover scalar", "notary scalar")
    )
    return {"pre-master secret": p256.add_points(prover, notary).x.to_bytes(_COORDINATE, "big")}


def _joint_secret(fields: Fields) -> Fields:
    point = p256.decode_point(fields["server key"])
    engines = Engines()
    engines.key_exchange(
        p256.multiply_full(_scalar(fields["prover scalar"]), point),
        p256.multiply_full(_scalar(fields["notary scalar"]), point),
    )
    first, second = engines.secret_sums()
    return {
        "first run": first.to_bytes(_COORDINATE, "big"),
        "second run": second.to_bytes(_COORDINATE, "big"),
        "runs agree": flag(engines.runs_agree()),
    }


HANDLERS = {
    "key_exchange/prover-share": _prover_share,
    "key_exchange/notary-share": _notary_share,
    "key_exchange/combine": _combine,
    "key_exchange/server-key": _server_key,
    "key_exchange/forwarded-server-key": _forwarded,
    "key_exchange/pre-master-secret": _pre_master_secret,
    "key_exchange/joint-secret": _joint_secret,
}
