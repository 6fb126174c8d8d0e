"""The Prover's side of one session: with a Notary to an attestation, with a Verifier to an accepted disclosure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..channel.link import Link
from ..channel.messages import CommitRequest
from ..foundation.artifacts import HOLDER_KEY, Attestation, AttestationSecrets, Extension
from ..foundation.identifiers import HashAlgorithm, SessionKind
from ..foundation.signatures import VERIFYING_KEY, VerifyingKey
from ..foundation.transcript import Transcript
from ..presentation.building import Selection
from ..prover import Prover, ProverSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one session does: its request, what is committed and how, and, with a Verifier, what is shown."""

    request: bytes
    commit_config: Callable[[Transcript], Sequence[CommitRequest]]
    algorithm: HashAlgorithm
    select: Callable[[Transcript], Selection] | None = None
    holder_key: VerifyingKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the Prover has after a session; no attestation when the partner was the Verifier."""

    attestation: Attestation | None
    secrets: AttestationSecrets
    costs: Mapping[str, Mapping[str, Any]]


async def play(link: Link, settings: ProverSettings, plan: Plan) -> Result:
    """Play the Prover's arrows in order; refuses as they do."""
    async with Prover(link, settings) as prover:
        await prover.establish_mpc_tls_connection()
        await prover.send_tls_handshake_data()
        await prover.send_request(plan.request)
        await prover.receive_response()
        transcript = await prover.close()
        await prover.submit_transcript_commit_config(
            plan.commit_config(transcript),
            tree_algorithm=plan.algorithm,
            body_hash_algorithm=plan.algorithm,
            prover_extensions=_extensions(plan.holder_key),
        )
        await prover.include_commitments()
        attestation = None
        if settings.kind is SessionKind.VERIFY and plan.select is not None:
            secrets = await prover.disclose(plan.select(transcript))
        else:
            attestation, secrets = await prover.receive_signed_attestation()
        return Result(attestation=attestation, secrets=secrets, costs=_costs(prover))


def _extensions(holder_key: VerifyingKey | None) -> tuple[Extension, ...]:
    if holder_key is None:
        return ()
    return (Extension(id=HOLDER_KEY, critical=True, value=VERIFYING_KEY.encode(holder_key)),)


def _costs(prover: Prover) -> dict[str, dict[str, Any]]:
    return {
        phase: {
            "octets_sent": cost.octets_sent,
            "octets_received": cost.octets_received,
            "rounds": cost.rounds,
            "seconds": round(cost.seconds, 3),
            "and_gates": cost.gates,
        }
        for phase, cost in prover.costs.items()
    }
