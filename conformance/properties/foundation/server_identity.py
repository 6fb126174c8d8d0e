"""A Server is who it says: name, chain at a time, and signature over the key exchange, checked in one order.

Compared: acceptance, or the reason.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cryptography import x509
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.tls.constants import SignatureScheme
from mpctls.spec.tls.handshake_messages import HandshakeData, signed_parameters
from mpctls.spec.tls.server_identity import KeyExchange, verify_server_identity

from ...fields import Fields, listed, number, read_list, read_number
from ...property import Operation
from ..certificates import (
    NOW,
    SERVER_NAME,
    START,
    YEAR,
    Leaf,
    chain,
    intermediate,
    root,
    sign_key_exchange,
    trusted_roots,
    usual_scheme,
)
from ..drawing import DIGESTS, flipped

NAMES = (
    SERVER_NAME, "BANK.example", "a.wild.example", "a.b.wild.example", "wild.example", "bank.example.", "", ".",
    "-bank.example", "bank-.example", "bank.example\0", "bänk.example", "xn--bnk-qla.example", "other.example",
    "*.wild.example", "bank.1", "bank.0x1", "127.0.0.1", "127.0.0.2", "0127.0.0.1", "::1", "a..example",
    "ba_nk.example", "r3---sn.example", "a" * 64 + ".example", "a." * 130 + "example",
)  # fmt: skip
_ALSO_NAMED = ("xn--bnk-qla.example", "r3---sn.example", "::1")
_LEAVES: dict[str, dict[str, Any]] = {
    "rsa below 2048 bits": {"key": "rsa-1024"},
    "key on another curve": {"key": "p384"},
    "no name": {"names": (), "common_name": SERVER_NAME},
    "for clients": {"server_authentication": False},
    "key may not sign": {"digital_signature": False},
    "key may sign": {"digital_signature": True},
    "not yet valid": {"start": START + YEAR},
    "no longer valid": {"start": START - YEAR},
}
_FAULTS = (
    "honest", "honest", "name", "name", "leaf", "leaf", "root", "scheme", "scheme", "signature", "random",
    "ephemeral key", "suite", "leaf is no certificate", "intermediate is no certificate", "no intermediate",
    "root sent along", "time", "no roots",
)  # fmt: skip


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fault = draw(st.sampled_from(_FAULTS))
    leaf = Leaf(key=draw(st.sampled_from(("ecdsa", "ecdsa", "rsa"))))
    leaf = replace(leaf, names=(*leaf.names, *_ALSO_NAMED))
    if fault == "leaf":
        leaf = replace(leaf, **_LEAVES[draw(st.sampled_from(sorted(_LEAVES)))])
    certificates = list(chain(leaf, "Unknown" if fault == "root" else "Intermediate"))
    suite, scheme = usual_scheme(leaf.key)
    if fault == "scheme":
        scheme = draw(st.sampled_from([*SignatureScheme, 0x0201, 0x0203, 0x0403, 0x0503, 0x0807, 0]))
    if fault == "suite":
        suite = draw(st.sampled_from((0xC02B, 0xC02F, 0x1301)))
    name = draw(st.sampled_from(NAMES)) if fault == "name" else SERVER_NAME
    time = draw(st.sampled_from((0, NOW + 10 * 365 * 86400, 2**63, 253402300800))) if fault == "time" else NOW
    client_random, server_random, point = draw(DIGESTS), draw(DIGESTS), b"\4" + draw(DIGESTS) + draw(DIGESTS)
    signed = signed_parameters(
        client_random=client_random, server_random=server_random, server_ephemeral_key=point
    )
    signature = sign_key_exchange(leaf.key, scheme, signed)
    match fault:
        case "signature":
            signature = draw(
                st.sampled_from((b"", signature[:-1], flipped(signature, 20), signature + b"\0"))
            )
        case "random":
            client_random = flipped(client_random)
        case "ephemeral key":
            point = flipped(point, 40)
        case "leaf is no certificate":
            certificates[0] = draw(
                st.sampled_from((b"", b"\x30\0", certificates[0][:-1], certificates[0] + b"\0"))
            )
        case "intermediate is no certificate":
            certificates[1] = draw(st.sampled_from((b"", b"\x30\0", certificates[1][:-1])))
            name = draw(st.sampled_from((name, "other.example")))
        case "no intermediate":
            certificates = certificates[:1]
        case "root sent along":
            certificates = [certificates[0], root().der, intermediate().der]
    data = HandshakeData(certificates=tuple(certificates), signature_algorithm=scheme, signature=signature)
    return {
        "handshake data": data.encode(),
        "suite": number(suite),
        "client random": client_random,
        "server random": server_random,
        "ephemeral key": point,
        "name": name.encode(),
        "time": number(time),
        "roots": listed(() if fault == "no roots" else trusted_roots()),
    }


def _verify(fields: Fields) -> Fields:
    verify_server_identity(
        server_name=fields["name"].decode(),
        handshake_data=HandshakeData.decode(fields["handshake data"]),
        key_exchange=KeyExchange(
            cipher_suite=read_number(fields["suite"]),
            client_random=fields["client random"],
            server_random=fields["server random"],
            server_ephemeral_key=fields["ephemeral key"],
        ),
        roots=[x509.load_der_x509_certificate(octets) for octets in read_list(fields["roots"])],
        time=read_number(fields["time"]),
    )
    return {}


OPERATIONS = (Operation(name="foundation/verify-server", inputs=_inputs, specification=_verify),)
