"""What the Notary states and signs, with every algorithm, and what it hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mpctls.spec.attestation import Attestation
from mpctls.spec.commitments import encode_leaf
from mpctls.spec.contexts import Context
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import CIPHER_SUITES, Closure, HashAlgorithm, SignatureAlgorithm
from mpctls.spec.messages import TlsHandshakeData

from ...fields import Fields
from ...operations.form import Feature
from ...operations.shapes import Json
from ...properties.attestations import notary_signed
from ...properties.commitments import committed_of
from ..data_submission.honest_sessions import (
    ENCODED,
    USUAL,
    features_of,
    holder_extension,
    purpose_extension,
    session,
)
from ..foundation.signatures import FEATURES
from ..vector import Family, Importance, Vector

_STAGE = "attestation_generation"
_OPERATIONS = {
    f"{_STAGE}/start-body": f"{_STAGE}/build_attestation_body",
    f"{_STAGE}/complete-body": f"{_STAGE}/include_connection_info_keys_and_commitment",
    f"{_STAGE}/sign": f"{_STAGE}/sign_with_private_key",
    f"{_STAGE}/return": f"{_STAGE}/return_signed_attestation",
}
POLICY = Extension(id="notary/policy", critical=False, value=b"https://notary.example/policy")
REGION = Extension(id="notary/region", critical=False, value=b"eu")


def _sessions() -> Iterator[tuple[str, str, Fields, tuple[Feature, ...]]]:
    """Sessions that differ in what the body says, by name, with why."""

    def of(
        name: str, comment: str, fields: Fields, features: tuple[Feature, ...] = ()
    ) -> tuple[str, str, Fields, tuple[Feature, ...]]:
        return name, comment, fields, features

    label = f"{_STAGE}/sessions"
    for algorithm in SignatureAlgorithm:
        yield of(algorithm.text, "The key says by its algorithm how the header is signed.",
                 session(f"{label}/{algorithm.text}", signature=algorithm), FEATURES[algorithm])  # fmt: skip
    for hash_ in (HashAlgorithm.BLAKE3, HashAlgorithm.KECCAK256):
        name = hash_.name.lower()
        yield of(f"tree-{name}", "Tree and body have hashes of their own.",
                 session(f"{label}/tree-{name}", tree=hash_), features_of((), hash_))  # fmt: skip
        yield of(f"body-{name}", "The header's hash is that of the body.",
                 session(f"{label}/body-{name}", body=hash_), features_of((), hash_))  # fmt: skip
    both = (holder_extension(), purpose_extension())
    yield of("prover-extensions", "What the Prover claims stands in a list of its own.",
             session(f"{label}/prover-extensions", prover_extensions=both))  # fmt: skip
    yield of("notary-extensions", "What the Notary adds stands in a list of its own.",
             session(f"{label}/notary-extensions", notary_extensions=(POLICY, REGION)))  # fmt: skip
    yield of("all-extensions", "Both lists.",
             session(f"{label}/all-extensions", prover_extensions=both, notary_extensions=(POLICY,)))  # fmt: skip
    yield of("encoded", "A tree with encoding commitments.", session(f"{label}/encoded", ENCODED),
             features_of(ENCODED))  # fmt: skip
    yield of("one-commitment", "A tree of one leaf.", session(f"{label}/one-commitment", USUAL[:1]))
    yield of("no-closure", "The Server did not say that it closes.",
             session(f"{label}/no-closure", closure=Closure.CLOSE_NOTIFY_NOT_RECEIVED))  # fmt: skip
    yield of("no-extended-master-secret", "A session without extended master secret.",
             session(f"{label}/no-extended-master-secret", extended=False))  # fmt: skip
    yield of("suite-of-rsa", "The other cipher suite.",
             session(f"{label}/suite-of-rsa", suite=CIPHER_SUITES[1]))  # fmt: skip


def intermediate_of(fields: Fields) -> dict[str, Json]:
    """Everything that is hashed and signed, and what comes of it."""
    attestation = notary_signed(fields).attestation
    return {
        **preimages_of(
            attestation, TlsHandshakeData.decode(fields["handshake"]), fields["key exchange blinder"]
        ),
        **{
            f"leaf {index}": encode_leaf(secret.commitment).hex()
            for index, secret in enumerate(committed_of(fields))
        },
    }


def preimages_of(attestation: Attestation, handshake: TlsHandshakeData, blinder: bytes) -> dict[str, Json]:
    """What is hashed and signed of an attestation."""
    body = attestation.body
    return {
        "body preimage": (Context.ATTESTATION_BODY.octets + body.encode()).hex(),
        "body digest": attestation.header.body_digest.hex(),
        "signed octets": attestation.header.signature_input().hex(),
        "verifying key": body.verifying_key.encode().hex(),
        "connection info": body.connection_info.encode().hex(),
        "key exchange preimage": (
            Context.KEY_EXCHANGE_COMMITMENT.octets
            + handshake.client_random
            + handshake.server_random
            + handshake.server_ephemeral_key
            + blinder
        ).hex(),
        "key exchange commitment": body.key_exchange_commitment.hex(),
        "root": body.transcript_commitments.root.hex(),
    }


def _of(operation: str) -> Callable[[], Iterator[Vector]]:
    def make() -> Iterator[Vector]:
        for name, comment, fields, features in _sessions():
            yield Vector(
                name=name,
                operation=operation,
                comment=comment,
                input=fields,
                features=features,
                seed=f"{_STAGE}/sessions/{name}",
                intermediate=intermediate_of(fields),
                importance=Importance.CRITICAL,
            )

    return make


FAMILIES = tuple(
    Family(
        step=step,
        name=operation.rpartition("/")[2],
        summary="Honest sessions of every algorithm and with every part of a body, as this step treats them.",
        make=_of(operation),
    )
    for operation, step in _OPERATIONS.items()
)
