"""Attacks that the search over two sessions finds when a check is missing: what an implementation without it takes.

Each is found on symbolic terms (`exploration/`) and made again here of two real sessions with one Notary. Nothing in
it is malformed: every part was honestly made, for another place.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...exploration.concrete import honest, presented, taken
from ...exploration.exploring import explore
from ...exploration.flaws import FLAWS, Flaw
from ...exploration.forgeries import BY_THE_ATTACKER, Recipe
from ...operations.form import Feature
from ...outcomes import Rejected
from ..rendering import specified_operations
from ..vector import Family, Importance, Mutation, MutationKind, Vector

_OWN = Recipe(
    attestation="of session 1",
    identity="name 1, key exchange 1, handshake 1",
    transcript="session 1, leaves [0]",
    binding=BY_THE_ATTACKER,
)
"""What the attacker may show: its own session, as it was."""
_SHOWN = ("signature-of-anybody", "any-notary", "body-not-in-header", "identity-not-in-body", "any-root",
          "any-opening", "nonce-not-compared", "binding-not-verified", "binding-not-required")  # fmt: skip
_KEPT = ("prover-takes-any-signature", "prover-takes-any-tree", "prover-takes-any-holder")
_PROVED = ("commitments-not-proved",)


def _flaws(names: tuple[str, ...]) -> Iterator[Flaw]:
    known = {flaw.name: flaw for flaw in FLAWS}
    return (known[name] for name in names)


def _attack(flaw: Flaw) -> Vector:
    found = explore(flaw).finding
    if found is None:
        raise ValueError(f"the flaw {flaw.name} has no attack")
    is_shown = isinstance(found, Recipe)
    operation, given = (
        ("verification/verify", presented(found)) if isinstance(found, Recipe) else taken(found)
    )
    outcome = specified_operations()[operation].specified(given)
    return Vector(
        name=flaw.name,
        operation=operation,
        comment=f"{flaw.what} Then {flaw.rule}.",
        input=given,
        expects=f"{outcome.stage}/{outcome.reason}" if isinstance(outcome, Rejected) else None,
        base="honest",
        mutation=Mutation(
            kind=MutationKind.FROM_ANOTHER_SESSION,
            field="file" if is_shown else "messages",
            detail=found.words() if isinstance(found, Recipe) else found.place[-1].words(),
        ),
        importance=Importance.CRITICAL,
        features=(Feature.SERVER_IDENTITY,) if is_shown else (),
    )


def _presentations() -> Iterator[Vector]:
    yield Vector(
        name="honest",
        operation="verification/verify",
        comment="The holder of the second session shows it, bound to today's question.",
        input=presented(_OWN),
        features=(Feature.SERVER_IDENTITY,),
    )
    yield from map(_attack, _flaws(_SHOWN))


def _attestations() -> Iterator[Vector]:
    operation, given = honest("prover")
    yield Vector(
        name="honest",
        operation=operation,
        comment="The Prover of the first session is given its own root and attestation.",
        input=given,
    )
    yield from map(_attack, _flaws(_KEPT))


def _commitments() -> Iterator[Vector]:
    operation, given = honest("notary")
    yield Vector(
        name="honest",
        operation=operation,
        comment="The Notary of the first session is given the commitments of its own Prover.",
        input=given,
    )
    yield from map(_attack, _flaws(_PROVED))


FAMILIES = (
    Family(
        step="verification/reconstruct_partial_transcript",
        name="attacks",
        summary="Presentations put together from two sessions by someone who owns one of them.",
        make=_presentations,
    ),
    Family(
        step="attestation_generation/return_signed_attestation",
        name="attacks",
        summary="Attestations of another session, or of nobody, given to an honest Prover.",
        make=_attestations,
    ),
    Family(
        step="data_submission/include_encoded_commitment_or_hash_range",
        name="attacks",
        summary="Commitments of another session, given to an honest Notary.",
        make=_commitments,
    ),
)
