"""`mpctls inspect`: what a stored file holds, without secrets and without believing any of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from ..foundation.artifacts import (
    ATTESTATION_FILE,
    ATTESTATION_SECRETS_FILE,
    PRESENTATION_FILE,
    Attestation,
    AttestationSecrets,
    CommitmentOpening,
    Extension,
    HashCommitment,
    Presentation,
    StoredFile,
    TranscriptCommitment,
    WithheldOpening,
)
from ..foundation.errors import Refused
from ..foundation.files import read_file
from ..foundation.identifiers import HashAlgorithm, SignatureAlgorithm
from ..foundation.signatures import VerifyingKey
from ..presentation.trust import parse_trust_store
from .common import FILE, Invocation, shared_options
from .escaping import escape_line

_TYPES: dict[int, StoredFile[Any]] = {1: ATTESTATION_FILE, 2: ATTESTATION_SECRETS_FILE, 3: PRESENTATION_FILE}


def _hash(identifier: int) -> str:
    return HashAlgorithm(identifier).name.lower()


def _key(key: VerifyingKey) -> dict[str, Any]:
    return {"algorithm": SignatureAlgorithm(key.algorithm).label, "key": key.key.hex()}


def _extensions(extensions: Iterable[Extension]) -> list[dict[str, Any]]:
    return [{"id": each.id, "critical": each.critical, "value": each.value.hex()} for each in extensions]


def _commitment(commitment: TranscriptCommitment) -> dict[str, Any]:
    document = {
        "direction": commitment.direction.name.lower(),
        "ranges": [[each.start, each.end] for each in commitment.ranges],
        "lexical_class": commitment.lexical_class.label,
    }
    if isinstance(commitment, HashCommitment):
        return document | {
            "kind": "hash",
            "algorithm": _hash(commitment.algorithm),
            "value": commitment.value.hex(),
        }
    return document | {
        "kind": "encoding",
        "value": commitment.commitment.hex(),
        "offset": commitment.offset.hex(),
        "factor": commitment.factor.hex(),
    }


def _opening(opening: CommitmentOpening) -> dict[str, Any]:
    return {
        "index": opening.index,
        "withheld": isinstance(opening.opening, WithheldOpening),
        "commitment": _commitment(opening.commitment),
    }


def attestation_document(attestation: Attestation) -> dict[str, Any]:
    """The JSON of an attestation; nothing in it is verified."""
    header, body = attestation.header, attestation.body
    info, tree = body.connection_info, body.transcript_commitments
    return {
        "type": "attestation",
        "format_version": header.format_version,
        "attestation_id": header.attestation_id.hex(),
        "signature_algorithm": SignatureAlgorithm(header.signature_algorithm).label,
        "body_hash_algorithm": _hash(header.body_hash_algorithm),
        "body_digest": header.body_digest.hex(),
        "notary_key": _key(body.verifying_key),
        "time": info.time,
        "mode": info.mode,
        "tls_version": f"{info.tls_version:#06x}",
        "cipher_suite": f"{info.cipher_suite:#06x}",
        "extended_master_secret": info.extended_master_secret,
        "sent_length": info.sent_length,
        "received_length": info.received_length,
        "closure": info.closure.name.lower(),
        "key_exchange_commitment": body.key_exchange_commitment.hex(),
        "handshake_commitment": body.handshake_commitment.hex(),
        "tree_algorithm": _hash(tree.algorithm),
        "leaf_count": tree.leaf_count,
        "root": tree.root.hex(),
        "prover_extensions": _extensions(body.prover_extensions),
        "notary_extensions": _extensions(body.notary_extensions),
        "signature": attestation.signature.hex(),
    }


def presentation_document(presentation: Presentation) -> dict[str, Any]:
    """The JSON of a presentation, its shown octets left to `verify`."""
    transcript, identity, binding = presentation.transcript, presentation.identity, presentation.binding
    openings = () if transcript is None else transcript.openings
    return {
        "type": "presentation",
        "attestation": attestation_document(presentation.attestation),
        "server_name": None if identity is None else identity.server_name,
        "certificates": 0 if identity is None else len(identity.handshake.handshake_data.certificates),
        "openings": [_opening(each) for each in openings],
        "proof_hashes": 0 if transcript is None else len(transcript.proof),
        "predicates": len(presentation.predicates),
        "binding": None
        if binding is None
        else {
            "audience": binding.audience,
            "nonce": binding.nonce.hex(),
            "issued": binding.issued,
            "expiry": binding.expiry,
        },
    }


def secrets_document(secrets: AttestationSecrets) -> dict[str, Any]:
    """The JSON of what a file of secrets opens: lengths and positions, no octet and no blinder."""
    return {
        "type": "secrets",
        "server_name": secrets.server_name,
        "certificates": len(secrets.handshake.handshake_data.certificates),
        "sent_length": len(secrets.sent),
        "received_length": len(secrets.received),
        "commitments": [_commitment(each.commitment) for each in secrets.commitments],
    }


def trust_store_document(octets: bytes) -> dict[str, Any]:
    """The JSON of a trust store."""
    notaries = [
        {
            "name": each.name,
            **_key(each.verifying_key),
            "not_before": each.not_before,
            "not_after": each.not_after,
        }
        for each in parse_trust_store(octets).notaries
    ]
    return {"type": "trust-store", "notaries": notaries}


def file_document(octets: bytes) -> dict[str, Any]:
    """What the octets of a file hold, by its first ones; refuses as the decoders do.

    What is neither a stored artifact nor begins like JSON is `encoding/not-this-file-type`.
    """
    if not octets.startswith(StoredFile.MAGIC):
        if octets.lstrip()[:1] == b"{":
            return trust_store_document(octets)
        raise Refused("encoding/not-this-file-type", "neither a stored artifact nor a trust store")
    stored = _TYPES.get(octets[6] if len(octets) > 6 else 0)
    if stored is None:
        raise Refused("encoding/not-this-file-type", "a stored artifact of an unknown type")
    value: object = stored.decode(octets)
    if isinstance(value, Attestation):
        return attestation_document(value)
    if isinstance(value, Presentation):
        return presentation_document(value)
    if isinstance(value, AttestationSecrets):
        return secrets_document(value)
    raise TypeError(f"no document for {type(value).__name__}")


def _render(document: Mapping[str, Any]) -> str:
    return "\n".join(_lines(document, ""))


def _lines(value: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for name, member in value.items():
        label = f"{indent}{name.replace('_', ' ')}"
        if isinstance(member, Mapping):
            lines += [label, *_lines(member, indent + "  ")]
        elif isinstance(member, list) and member and isinstance(member[0], Mapping):
            for number, each in enumerate(member):
                lines += [f"{label} {number}", *_lines(each, indent + "  ")]
        else:
            lines.append(f"{label:<26} {_text(member)}")
    return lines


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(f"{each[0]}-{each[1]}" for each in value) or "none"
    return escape_line(str(value))


@click.command(
    "inspect",
    help="""Print what FILE holds: an attestation, a presentation, secrets (without any secret), or a trust store.

Nothing is verified: whatever FILE says of itself, `mpctls verify` decides.""",
)
@click.argument("file", type=FILE)
@shared_options
@click.pass_obj
def command(invocation: Invocation, /, file: Path) -> None:
    invocation.output.write(file_document(read_file(file)), _render)
