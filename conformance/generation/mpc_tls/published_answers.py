"""Published answers of what records and keys are made with: AES-GCM in its parts, and the function of TLS 1.2."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.tls.galois_counter_mode import encrypt_block

from ...fields import number
from ..published import SOURCES, published
from ..vector import Family, Importance, Vector


def _aes_gcm() -> Iterator[Vector]:
    for record in published("aes-gcm"):
        octets = {name: bytes.fromhex(value) for name, value in record.items()}
        key, nonce, lengths = octets["Key"], octets["IV"], f"{len(octets['PT'])}-{len(octets['AAD'])}"
        stream = bytes(a ^ b for a, b in zip(octets["PT"], octets["CT"], strict=True))
        hash_key, mask = encrypt_block(key, bytes(16)), encrypt_block(key, nonce + bytes([0, 0, 0, 1]))
        if stream:
            yield Vector(
                name=f"key-stream-{lengths}",
                operation="mpc_tls/key-stream",
                comment="The published plaintext and ciphertext differ by this key stream.",
                input={
                    "key": key,
                    "implicit nonce": nonce[:4],
                    "explicit nonce": nonce[4:],
                    "length": number(len(stream)),
                },
                source=SOURCES["aes-gcm"],
                published={"key stream": stream},
            )
        yield Vector(
            name=f"tag-{lengths}",
            operation="mpc_tls/tag",
            comment="The published tag, from the two blocks that the published key and nonce give.",
            input={
                "hash key": hash_key,
                "tag mask": mask,
                "additional data": octets["AAD"],
                "ciphertext": octets["CT"],
            },
            source=SOURCES["aes-gcm"],
            published={"tag": octets["Tag"]},
            intermediate={"key": key.hex(), "nonce": nonce.hex()},
            importance=Importance.CRITICAL,
        )


def _pseudorandom_function() -> Iterator[Vector]:
    yield Vector(
        name="hundred-octets",
        operation="mpc_tls/pseudorandom-function",
        comment="The published answer, which every implementation of TLS 1.2 tests itself with.",
        input={
            "secret": bytes.fromhex("9bbe436ba940f017b17652849a71db35"),
            "label": b"test label",
            "seed": bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c"),
            "length": number(100),
        },
        source="Mailing list of the TLS working group of the IETF, test vectors of the TLS 1.2 PRF, P_SHA256",
        published={
            "octets": bytes.fromhex(
                "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af"
                "0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
                "87347b66"
            )
        },
    )


FAMILIES = (
    Family(step="mpc_tls/records", name="published-aes-gcm", summary="AES-GCM of NIST.", make=_aes_gcm),
    Family(
        step="mpc_tls/key_schedule",
        name="published",
        summary="The pseudorandom function of TLS 1.2.",
        make=_pseudorandom_function,
    ),
)
