"""Predicates in presentations: the Prover proves them about committed fields, the Verifier places and verifies them.

A predicate names fields of the exchange (`response $.balance`). Both sides resolve a name to one token by the rules of
the structure page; the leaf that commits to exactly this token is what the proof is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mpctls.zkp.predicate.expression import Field, HeaderName
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.prove import Progress, prove
from mpctls.zkp.setup.powers import Setup
from mpctls.zkp.statement import Audience, FieldSecret, PublicField, Setting
from mpctls.zkp.verify import (
    MAXIMUM_ROWS,
    AcceptedSetups,
    Presented,
    ProvedPredicate,
    read_proof,
    require_field,
    require_leaf_count,
    require_one_attestation,
    verify,
)

from ..foundation import contexts
from ..foundation.artifacts import (
    HEADER,
    Attestation,
    AttestationSecrets,
    Binding,
    EncodingCommitment,
    EncodingSecret,
    Presentation,
    TranscriptCommitment,
)
from ..foundation.errors import Refused
from ..foundation.hashes import sha256
from ..foundation.identifiers import LexicalClass
from ..foundation.kernel_cache import cache_folder
from ..foundation.ranges import RangeSet
from ..foundation.transcript import Transcript
from ..http.fields import read_transcript
from ..http.message import ReadExchange, Token
from ..http.rules import ExchangePolicy
from ..http.structure import CLASS_OF_KIND, ExchangeView, structured_view

if TYPE_CHECKING:
    from mpctls.zkp.predicate.conditions import Predicate
    from mpctls.zkp.predicate.evaluate import Trees

    from .verification import VerifiedPresentation


def stored_keys() -> KeyCache:
    """Keys of predicates, with a folder of the user's own for those that last."""
    return KeyCache(cache_folder("predicate-keys"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredicatePolicy:
    """What a Verifier accepts: setups, requests, and how much work; and where it keeps the keys it makes.

    `maximum_rows` bounds the rows of the circuits of all predicates of one presentation together.
    """

    setups: AcceptedSetups = field(default_factory=AcceptedSetups.of)
    exchange: ExchangePolicy = field(default=ExchangePolicy())
    keys: KeyCache = field(default_factory=stored_keys)
    maximum_rows: int = MAXIMUM_ROWS


def name_of(field_of_predicate: Field) -> str:
    """The name of a field in the form of the structure page, section 5."""
    name = field_of_predicate.name
    return f"header {name.name}" if isinstance(name, HeaderName) else name.path


def setting(attestation: Attestation, audience: Audience | None) -> Setting:
    """What every predicate proof of a presentation is bound to beside its leaves."""
    digest = sha256(contexts.HEADER_DIGEST, HEADER.encode(attestation.header))
    return Setting(header_digests=(digest,), audience=audience)


def _bound_to(binding: Binding | None) -> Audience | None:
    return None if binding is None else Audience(audience=binding.audience, nonce=binding.nonce)


def _public_field(index: int, leaf: EncodingCommitment) -> PublicField:
    return PublicField(
        attestation=0,
        index=index,
        direction=leaf.direction,
        kind=leaf.lexical_class,
        length=leaf.ranges.total,
        commitment=int.from_bytes(leaf.commitment, "little"),
        offset=int.from_bytes(leaf.offset, "little"),
        factor=int.from_bytes(leaf.factor, "little"),
    )


# ── The Prover ─────────────────────────────────────────────────────────────────────────────────────────────────────


def find_secrets(predicate: Predicate, secrets: AttestationSecrets) -> tuple[FieldSecret, ...]:
    """The committed token of each field of a predicate, with what opens its commitment.

    Run by the Prover. Refuses with the reasons of the structure page what has no token, with
    `predicate/other-attestation`, and with `presentation-building/field-not-committed` a token without an encoding
    commitment.
    """
    exchange = read_transcript(Transcript(sent=secrets.sent, received=secrets.received))
    return tuple(_find_secret(each, exchange, secrets) for each in predicate.fields)


def _find_secret(each: Field, exchange: ReadExchange, secrets: AttestationSecrets) -> FieldSecret:
    if each.attestation != 0:
        raise Refused("predicate/other-attestation", "a field of an attestation that is not presented")
    token = exchange.find(each.side, name_of(each))
    for index, secret in enumerate(secrets.commitments):
        leaf, opening = secret.commitment, secret.opening
        if (
            isinstance(leaf, EncodingCommitment)
            and isinstance(opening, EncodingSecret)
            and _commits_to(leaf, token)
            and leaf.lexical_class is _class_of(token)
        ):
            octets = leaf.ranges.select(secrets.octets(leaf.direction))
            blinder = int.from_bytes(opening.blinder, "little")
            return FieldSecret(public=_public_field(index, leaf), octets=octets, blinder=blinder)
    side = each.side.name.lower()
    raise Refused(
        "presentation-building/field-not-committed",
        f"{name_of(each)} ({side}) has no encoding commitment of its own: notarize with --commit-field",
    )


def _commits_to(leaf: TranscriptCommitment, token: Token) -> bool:
    return leaf.direction is token.direction and leaf.ranges == RangeSet(ranges=token.ranges)


def _class_of(token: Token) -> LexicalClass | None:
    return None if token.kind is None else CLASS_OF_KIND[token.kind]


def prove_predicates(
    attestation: Attestation,
    secrets: AttestationSecrets,
    predicates: Sequence[Predicate],
    setup: Setup,
    *,
    audience: Audience | None = None,
    keys: KeyCache | None = None,
    trees: Trees | None = None,
    progress: Progress | None = None,
) -> tuple[bytes, ...]:
    """Prove predicates about the committed fields of an attested session; the octets for `build_presentation`.

    Run by the Prover. `audience` stands exactly when the presentation will have a binding, and says the same. `trees`
    are the sets that predicates name by root. Refuses as `find_secrets` and `mpctls.zkp.prove.prove`: with
    `predicate/false` and `predicate/malformed-field` before anything is proved, and without a value in the detail.
    """
    cache = keys or stored_keys()
    found = [find_secrets(each, secrets) for each in predicates]
    return tuple(
        prove(
            each,
            fields,
            setting(attestation, audience),
            setup,
            keys=cache,
            trees=trees,
            progress=progress,
        )
        for each, fields in zip(predicates, found, strict=True)
    )


def proved_leaves(predicates: Sequence[Predicate], secrets: AttestationSecrets) -> frozenset[int]:
    """The leaves that a presentation of these predicates must show."""
    return frozenset(
        each.public.index for predicate in predicates for each in find_secrets(predicate, secrets)
    )


# ── The Verifier ───────────────────────────────────────────────────────────────────────────────────────────────────


def verify_predicates(
    presentation: Presentation, verified: VerifiedPresentation, policy: PredicatePolicy
) -> tuple[ProvedPredicate, ...]:
    """Place the fields of every predicate in the structured view, and verify the proofs.

    Run by the Verifier on what the other checks gave. Refuses with the first reason of the predicates page, section 6.
    """
    leaves = dict(verified.leaves)
    view: ExchangeView | None = None
    proved: list[ProvedPredicate] = []
    for octets in presentation.predicates:
        received = read_proof(octets)
        require_one_attestation(received)
        require_leaf_count(received)
        if view is None:
            view = structured_view(
                verified.transcript,
                verified.leaves,
                verified.closure,
                verified.server_name,
                policy.exchange,
            )
        fields: list[PublicField] = []
        for place, (each, index) in enumerate(zip(received.predicate.fields, received.leaves, strict=True)):
            public = _place(each, index, view, leaves)
            require_field(received, place, public)
            fields.append(public)
        presented = Presented(
            received=received,
            fields=tuple(fields),
            setting=setting(presentation.attestation, _bound_to(presentation.binding)),
        )
        rows = policy.maximum_rows - sum(each.rows for each in proved)
        proved.append(verify(presented, policy.setups, keys=policy.keys, maximum_rows=rows))
    return tuple(proved)


def _place(
    each: Field, index: int, view: ExchangeView, leaves: dict[int, TranscriptCommitment]
) -> PublicField:
    """The leaf of a field, once it is the leaf of the token that the field's name stands for."""
    name = name_of(each)
    token = view.field(each.side, name)
    leaf = leaves.get(index)
    if leaf is None or not _commits_to(leaf, token):
        raise Refused("zero-knowledge/field-mismatch", f"leaf {index} is not what stands at {name}")
    if not isinstance(leaf, EncodingCommitment):
        raise Refused("zero-knowledge/not-an-encoding-commitment", f"leaf {index}, at {name}")
    if leaf.lexical_class is not _class_of(token):
        raise Refused("structure/class-mismatch", f"leaf {index}, at {name}")
    return _public_field(index, leaf)
