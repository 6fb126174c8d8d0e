"""What an attacker can show a Verifier: every presentation that it can put together from two sessions.

The second session is its own: it has all its secrets and its holder key. Of the first it has what the honest holder
showed once, to the same Verifier and bound to an earlier nonce: the request opened, the rest hidden. It can sign with a
key of its own, as Notary and as holder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from cryptography import x509

from mpctls.spec.attestation import Attestation
from mpctls.spec.binding import bind
from mpctls.spec.identifiers import Direction
from mpctls.spec.presentation import Binding, CommitmentOpening, IdentityProof, Presentation, TranscriptProof
from mpctls.spec.presentation_building import (
    combine_identity_proof,
    generate_transcript_proof,
    select_disclosure_range,
    send_presentation,
)
from mpctls.spec.presentation_building.send_presentation import Holder
from mpctls.spec.prover_states import DisclosureSelection, ProverAttested
from mpctls.spec.reasons import Rejection
from mpctls.spec.trust_store import TrustedNotary, TrustStore
from mpctls.spec.verification import (
    check_commitment_consistency,
    reconstruct_partial_transcript,
    verify_signature_validity,
)
from mpctls.spec.verification.reconstruct_partial_transcript import VerifiedPresentation
from mpctls.spec.verifier_policy import BindingRequest, VerifierPolicy
from mpctls.spec.verifier_states import VerifierPresented, VerifierReady

from .exchange import BODY_FIELDS, OWN_MOVE, Exchange, Place, Said, signed_again
from .sessions import ATTACKER, NOTARY, NOW, REQUEST, SHOWN, Session

ASKED = BindingRequest(audience="verifier.example", nonce=b"the nonce of today")
EARLIER = BindingRequest(audience="verifier.example", nonce=b"another day's nonce")
OTHER_SESSION = "a Verifier believes what was not attested to who shows it today"
OTHER_SERVER = "a Verifier believes another Server than that of the attested session"
OTHER_OCTETS = "a Verifier reads octets that were not said in the attested session"

EARLIER_BINDING = "of the earlier presentation"
EARLIER_WITH_THE_NONCE = "of the earlier presentation, with today's nonce"
UNBOUND = "none"
BY_THE_ATTACKER = "by the attacker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Which part was taken from where: names of variants, enough to make the presentation again."""

    attestation: str
    identity: str
    transcript: str
    binding: str

    def words(self) -> str:
        """The recipe for people."""
        return (
            f"attestation: {self.attestation}; identity: {self.identity}; transcript: {self.transcript}; "
            f"binding: {self.binding}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loot:
    """All that the attacker has, by the names that recipes use, and the truth that a Verifier should come to."""

    sessions: tuple[Session, Session]
    attested: tuple[ProverAttested, ProverAttested]
    attestations: dict[str, Attestation]
    identities: dict[str, IdentityProof | None]
    transcripts: dict[str, TranscriptProof | None]
    bindings: dict[str, Binding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """That a Verifier took a presentation, and the rule that this breaks, if one."""

    rule: str | None


def loot_of(exchange: Exchange) -> Loot:
    """What there is after both sessions ran honestly."""
    attested = (_attested(exchange, 0), _attested(exchange, 1))
    shown = _shown(exchange, attested[0])
    identities = [shown.identity, _presented(attested[1], {SHOWN}, identity=True).identity]
    if shown.transcript is None or shown.binding is None:
        raise ValueError("the honest holder shows the request, and binds it")
    return Loot(
        sessions=exchange.sessions,
        attested=attested,
        attestations=dict(_attestations(attested[0].attestation, attested[1].attestation)),
        identities=dict(_identities([each for each in identities if each is not None])),
        transcripts=dict(_transcripts(shown.transcript, attested[1])),
        bindings={
            EARLIER_BINDING: shown.binding,
            EARLIER_WITH_THE_NONCE: replace(shown.binding, nonce=ASKED.nonce),
        },
    )


def _attested(exchange: Exchange, number: int) -> ProverAttested:
    """The Prover of an honest session at its end."""
    prover: Place = (OWN_MOVE,)
    notary: Place = (Said(("prover", number), prover, 0), Said(("prover", number), prover, 1))
    attested: Place = (
        *prover,
        Said(("notary", number), notary, 0),
        Said(("notary", number), (*notary, OWN_MOVE), 0),
    )
    state = exchange.at(("prover", number), attested).state
    if not isinstance(state, ProverAttested):
        raise ValueError(f"honest session {number} does not end with an attestation")
    return state


def _presented(
    attested: ProverAttested, leaves: set[int], *, identity: bool, holder: Holder | None = None
) -> Presentation:
    """An honest presentation of some leaves."""
    ranges = dict.fromkeys(Direction)
    config = [secret.commitment for secret in attested.secrets.commitments]
    for direction in Direction:
        positions = {
            position
            for index in leaves
            if config[index].direction is direction
            for position in config[index].ranges.positions()
        }
        ranges[direction] = type(config[0].ranges).holding(positions) if positions else None
    selection = DisclosureSelection(
        sent=ranges[Direction.SENT], received=ranges[Direction.RECEIVED], identity=identity
    )
    selected = select_disclosure_range.perform(attested, selection)
    combined = combine_identity_proof.perform(generate_transcript_proof.perform(selected))
    if holder is None:
        return Presentation(
            attestation=attested.attestation,
            identity=combined.identity,
            transcript=combined.transcript,
            predicates=(),
            binding=None,
        )
    return send_presentation.send(combined, holder)[0].presentation


def _shown(exchange: Exchange, attested: ProverAttested) -> Presentation:
    holder = Holder(
        signing_key=exchange.sessions[0].holder, request=EARLIER, issued=NOW - 10, expiry=NOW + 600
    )
    return _presented(attested, {REQUEST}, identity=True, holder=holder)


def _attestations(first: Attestation, second: Attestation) -> Iterator[tuple[str, Attestation]]:
    for number, (ours, theirs) in enumerate(((first, second), (second, first))):
        yield f"of session {number}", ours
        for part in ("header", "body", "signature"):
            yield f"of session {number}, {part} of the other", replace(ours, **{part: getattr(theirs, part)})
        ours_by_attacker = replace(ours, body=replace(ours.body, verifying_key=ATTACKER.verifying_key))
        yield (
            f"of session {number}, key and signature of the attacker",
            signed_again(ours_by_attacker, key=ATTACKER),
        )
        for name in BODY_FIELDS:
            body = replace(ours.body, **{name: getattr(theirs.body, name)})
            changed = replace(ours, body=body)
            label = f"of session {number}, {name} of the other"
            yield label, changed
            yield (
                f"{label}, digest made again",
                replace(signed_again(changed, key=ATTACKER), signature=ours.signature),
            )
            yield f"{label}, signed by the attacker", signed_again(changed, key=ATTACKER)
            body = replace(body, verifying_key=ATTACKER.verifying_key)
            yield (
                f"{label}, key and signature of the attacker",
                signed_again(replace(ours, body=body), key=ATTACKER),
            )


def _identities(identities: list[IdentityProof]) -> Iterator[tuple[str, IdentityProof | None]]:
    yield "none", None
    for name, key_exchange, handshake in product(range(2), repeat=3):
        proof = IdentityProof(
            server_name=identities[name].server_name,
            key_exchange=identities[key_exchange].key_exchange,
            handshake=identities[handshake].handshake,
        )
        yield f"name {name}, key exchange {key_exchange}, handshake {handshake}", proof


def _transcripts(shown: TranscriptProof, own: ProverAttested) -> Iterator[tuple[str, TranscriptProof | None]]:
    yield "none", None
    yield "session 0, as shown earlier", shown
    own_proofs = {}
    for leaves in ({SHOWN}, {REQUEST}, {SHOWN, REQUEST}, {0, 1, 2}):
        proof = _presented(own, leaves, identity=False).transcript
        if proof is not None:
            own_proofs[frozenset(leaves)] = proof
            yield f"session 1, leaves {sorted(leaves)}", proof
    request = own_proofs[frozenset({REQUEST})]
    yield "openings of session 1, hashes of session 0", replace(request, proof=shown.proof)
    yield "openings of session 0, hashes of session 1", replace(shown, proof=request.proof)
    opening, other = shown.openings[0], request.openings[0]
    yield (
        "leaf of session 0 opened with octets of session 1",
        replace(shown, openings=(replace(opening, opening=other.opening),)),
    )
    yield (
        "leaf of session 1 opened with octets of session 0",
        replace(request, openings=(replace(other, opening=opening.opening),)),
    )
    for index in (0, 1):
        yield (
            f"the request of session 0 as leaf {index}",
            replace(shown, openings=(replace(opening, index=index),)),
        )
    yield "the request of session 0 as what was received", replace(shown, openings=(_turned(opening),))


def _turned(opening: CommitmentOpening) -> CommitmentOpening:
    commitment = replace(opening.commitment, direction=Direction(1 - opening.commitment.direction))
    return replace(opening, commitment=commitment)


def recipes(loot: Loot) -> Iterator[Recipe]:
    """Every combination of parts."""
    bindings = (EARLIER_BINDING, EARLIER_WITH_THE_NONCE, UNBOUND, BY_THE_ATTACKER)
    for parts in product(loot.attestations, loot.identities, loot.transcripts, bindings):
        yield Recipe(attestation=parts[0], identity=parts[1], transcript=parts[2], binding=parts[3])


def put_together(loot: Loot, recipe: Recipe) -> Presentation:
    """The presentation of a recipe."""
    presentation = Presentation(
        attestation=loot.attestations[recipe.attestation],
        identity=loot.identities[recipe.identity],
        transcript=loot.transcripts[recipe.transcript],
        predicates=(),
        binding=loot.bindings.get(recipe.binding),
    )
    if recipe.binding != BY_THE_ATTACKER:
        return presentation
    return bind(
        presentation,
        loot.sessions[1].holder,
        audience=ASKED.audience,
        nonce=ASKED.nonce,
        issued=NOW,
        expiry=NOW + 600,
    )


def verifier(roots: tuple[x509.Certificate, ...] = ()) -> VerifierReady:
    """The Verifier: it trusts one Notary, and asked for a binding today."""
    trusted = TrustedNotary(
        name="notary", verifying_key=NOTARY.verifying_key, not_before=NOW - 1000, not_after=NOW + 1000
    )
    return VerifierReady(
        trust_store=TrustStore(notaries=(trusted,)), roots=roots, policy=VerifierPolicy(binding=ASKED)
    )


def verdict(presentation: Presentation, ready: VerifierReady) -> VerifiedPresentation | None:
    """What the Verifier comes to; None where it refuses."""
    try:
        valid = verify_signature_validity.perform(
            VerifierPresented(ready=ready, presentation=presentation), now=NOW
        )
        return reconstruct_partial_transcript.perform(check_commitment_consistency.perform(valid), now=NOW)
    except Rejection:
        return None


def broken_rule(loot: Loot, verified: VerifiedPresentation) -> str | None:
    """Which rule a belief breaks, if one: only the attacker's own session can be shown today, as it was."""
    truth = loot.attested[1]
    session = loot.sessions[1]
    if verified.body != truth.attestation.body:
        return OTHER_SESSION
    if verified.server_name not in (None, truth.secrets.server_name):
        return OTHER_SERVER
    for direction, partial in (
        (Direction.SENT, verified.transcript.sent),
        (Direction.RECEIVED, verified.transcript.received),
    ):
        octets = session.prover.transcript.octets(direction)
        if partial.length != len(octets):
            return OTHER_OCTETS
        for run in partial.runs:
            if octets[run.start : run.start + len(run.octets)] != run.octets:
                return OTHER_OCTETS
    return None


def believed(loot: Loot, ready: VerifierReady) -> Iterator[tuple[Recipe, Believed | None]]:
    """Every presentation, and what it is to the Verifier: nothing where it refuses."""
    for recipe in recipes(loot):
        verified = verdict(put_together(loot, recipe), ready)
        yield recipe, None if verified is None else Believed(rule=broken_rule(loot, verified))
