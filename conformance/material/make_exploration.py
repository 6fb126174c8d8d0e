"""Makes `exploration.json` once: certificates and signatures of the two Servers of the search for attacks.

    python -m mpctls.conformance.material.make_exploration

Certificates are signed with fresh nonces, so another run makes others; every vector that holds them changes then.
"""

from __future__ import annotations

import json
from pathlib import Path

from mpctls.spec.tls.constants import SignatureScheme
from mpctls.spec.tls.handshake_messages import HandshakeData, signed_parameters

from ..exploration.sessions import SERVERS, session
from ..properties.certificates import Leaf, issue, root, sign_key_exchange

FILE = Path(__file__).with_name("exploration.json")


def _certify(
    server_name: str, client_random: bytes, server_random: bytes, ephemeral_key: bytes
) -> HandshakeData:
    signed = signed_parameters(
        client_random=client_random, server_random=server_random, server_ephemeral_key=ephemeral_key
    )
    scheme = SignatureScheme.ECDSA_SECP256R1_SHA256
    return HandshakeData(
        certificates=(issue(Leaf(names=(server_name,)), "Root"),),
        signature_algorithm=scheme,
        signature=sign_key_exchange("ecdsa", scheme, signed),
    )


def main() -> None:
    """Write the file."""
    made = [session(number, _certify).prover.connection.handshake.handshake_data for number in range(2)]
    document = {
        "root": root().der.hex(),
        "handshake_data": {name: data.encode().hex() for name, data in zip(SERVERS, made, strict=True)},
    }
    FILE.write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
