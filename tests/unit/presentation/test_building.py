"""The Prover's half: what is opened for a selection, and every refusal with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mpctls.reference.foundation.artifacts import (
    AttestationSecrets,
    EncodingOpening,
    EncodingSecret,
    HashOpening,
    HashSecret,
    WithheldOpening,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, SignatureAlgorithm
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.presentation.binding import bind, check_ready_to_send
from mpctls.reference.presentation.building import (
    Selection,
    build_presentation,
    check_secrets,
    direct_disclosure,
    holder_key,
    select_commitments,
)
from tests.unit.attestation import material as factory
from tests.unit.attestation.material import RECEIVED, SENT, material, sign
from tests.unit.foundation.refusals import refused

MATERIAL = material()
SECRETS = MATERIAL.secrets
WITH_ENCODING = material(encoding=True)


def selection(
    sent: list[tuple[int, int]] | None = None,
    received: list[tuple[int, int]] | None = None,
    *,
    identity: bool = True,
) -> Selection:
    return Selection(
        sent=RangeSet.of(sent) if sent else None,
        received=RangeSet.of(received) if received else None,
        identity=identity,
    )


@pytest.mark.parametrize(
    ("chosen", "indices"),
    [
        (selection(), ()),
        (selection([(0, 23)]), (0,)),
        # Leaves 0 and 2 overlap and cover it together.
        (selection([(0, 30)]), (0, 2)),
        (selection([(10, 30)]), (2,)),
        (selection([(0, len(SENT))]), (0, 1, 2)),
        (selection(received=[(17, 19)]), (4,)),
        (selection([(0, 23)], [(0, len(RECEIVED))], identity=False), (0, 3, 4)),
    ],
)
def test_every_commitment_inside_the_selection_is_opened(chosen: Selection, indices: tuple[int, ...]) -> None:
    assert select_commitments(SECRETS, chosen) == indices


@pytest.mark.parametrize(
    ("chosen", "reason", "named"),
    [
        (selection([(0, len(SENT) + 1)]), "range-out-of-bounds", f"{len(SENT) + 1} of {len(SENT)}"),
        (selection(received=[(0, len(RECEIVED) + 1)]), "range-out-of-bounds", "received"),
        (selection([(0, 22)]), "range-not-covered", "0-22"),
        (selection([(0, 25)]), "range-not-covered", "23-25"),
        (selection(received=[(0, 19)]), "range-not-covered", "0-17"),
        (selection(identity=False), "nothing-selected", ""),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(chosen: Selection, reason: str, named: str) -> None:
    with pytest.raises(Refused) as caught:
        build_presentation(MATERIAL.attestation, SECRETS, chosen)
    assert caught.value.reason == f"presentation-building/{reason}"
    assert named in caught.value.detail


def test_encoding_commitments_inside_the_selection_are_opened_whole() -> None:
    chosen = selection(received=[(50, 54)])
    assert select_commitments(WITH_ENCODING.secrets, chosen) == (5,)
    shown = build_presentation(WITH_ENCODING.attestation, WITH_ENCODING.secrets, chosen).transcript
    assert shown is not None
    opening = shown.openings[0].opening
    assert isinstance(opening, EncodingOpening) and opening.octets == b"1000"
    with refused("presentation-building/range-not-covered"):
        select_commitments(WITH_ENCODING.secrets, selection(received=[(50, 53)]))


@pytest.mark.parametrize(
    ("chosen", "opened", "withheld"),
    [
        (Selection(structured=True), (), (5,)),
        (Selection(structured=True, received=RangeSet.of([(50, 54)])), (5,), ()),
        (Selection(withheld=frozenset({5})), (), (5,)),
        (Selection(withheld=frozenset({3, 0}), sent=RangeSet.of([(0, 23)])), (0,), (3,)),
        (Selection(withheld=frozenset({1}), structured=True), (), (1, 5)),
    ],
)
def test_leaves_are_shown_without_their_octets(
    chosen: Selection, opened: tuple[int, ...], withheld: tuple[int, ...]
) -> None:
    shown = build_presentation(WITH_ENCODING.attestation, WITH_ENCODING.secrets, chosen).transcript
    assert shown is not None
    kinds = {each.index: isinstance(each.opening, WithheldOpening) for each in shown.openings}
    assert kinds == {**dict.fromkeys(opened, False), **dict.fromkeys(withheld, True)}
    assert list(kinds) == sorted(kinds)
    direct = direct_disclosure(HashAlgorithm.SHA256, WITH_ENCODING.secrets, chosen)
    assert direct[1] == shown


@pytest.mark.parametrize("index", [6, -1])
def test_leaves_that_do_not_exist_are_not_shown(index: int) -> None:
    with refused("presentation-building/range-out-of-bounds"):
        build_presentation(
            WITH_ENCODING.attestation, WITH_ENCODING.secrets, Selection(withheld=frozenset({index}))
        )


@pytest.mark.parametrize(
    "opening",
    [HashSecret(blinder=bytes(16)), EncodingSecret(blinder=bytes(32)), EncodingSecret(blinder=b"\xff" * 32)],
)
def test_secrets_that_do_not_open_an_encoding_commitment_are_refused(
    opening: HashSecret | EncodingSecret,
) -> None:
    last = replace(WITH_ENCODING.secrets.commitments[-1], opening=opening)
    secrets = replace(WITH_ENCODING.secrets, commitments=(*WITH_ENCODING.secrets.commitments[:-1], last))
    check_secrets(WITH_ENCODING.attestation, WITH_ENCODING.secrets)
    with refused("presentation-building/secrets-mismatch"):
        check_secrets(WITH_ENCODING.attestation, secrets)


def test_the_identity_goes_along_only_when_chosen() -> None:
    shown = build_presentation(MATERIAL.attestation, SECRETS, selection())
    hidden = build_presentation(MATERIAL.attestation, SECRETS, selection([(0, 23)], identity=False))
    assert shown.identity is not None and shown.transcript is None
    assert hidden.identity is None and hidden.transcript is not None
    assert [each.index for each in hidden.transcript.openings] == [0]
    opening = hidden.transcript.openings[0].opening
    assert isinstance(opening, HashOpening) and opening.octets == SENT[:23]


def test_a_partner_is_shown_the_same_proofs() -> None:
    chosen = selection([(0, 23)])
    built = build_presentation(MATERIAL.attestation, SECRETS, chosen)
    assert direct_disclosure(HashAlgorithm.SHA256, SECRETS, chosen) == (built.identity, built.transcript)
    assert direct_disclosure(HashAlgorithm.SHA256, SECRETS, selection([(0, 23)], identity=False))[0] is None
    assert direct_disclosure(HashAlgorithm.SHA256, SECRETS, selection())[1] is None


def wrong_blinder(secrets: AttestationSecrets) -> AttestationSecrets:
    first = replace(secrets.commitments[0], opening=HashSecret(blinder=bytes(16)))
    return replace(secrets, commitments=(first, *secrets.commitments[1:]))


def wrong_kind(secrets: AttestationSecrets) -> AttestationSecrets:
    first = replace(secrets.commitments[0], opening=EncodingSecret(blinder=bytes(32)))
    return replace(secrets, commitments=(first, *secrets.commitments[1:]))


@pytest.mark.parametrize(
    "secrets",
    [
        replace(SECRETS, sent=SENT[:-1]),
        replace(SECRETS, received=RECEIVED + b" "),
        replace(SECRETS, sent=b"P" + SENT[1:]),
        replace(SECRETS, received=RECEIVED[:-1] + b"]"),
        replace(SECRETS, key_exchange=replace(SECRETS.key_exchange, blinder=bytes(32))),
        replace(SECRETS, handshake=replace(SECRETS.handshake, blinder=bytes(32))),
        replace(SECRETS, commitments=SECRETS.commitments[:-1]),
        replace(SECRETS, commitments=SECRETS.commitments[::-1]),
        replace(SECRETS, commitments=()),
        wrong_blinder(SECRETS),
        wrong_kind(SECRETS),
    ],
)
def test_secrets_of_another_session_are_refused(secrets: AttestationSecrets) -> None:
    with refused("presentation-building/secrets-mismatch"):
        build_presentation(MATERIAL.attestation, secrets, selection())


def test_secrets_with_an_encoding_commitment_belong_too() -> None:
    check_secrets(WITH_ENCODING.attestation, WITH_ENCODING.secrets)


def test_only_the_attested_holder_binds() -> None:
    bound = material(bound=True)
    presentation = build_presentation(bound.attestation, bound.secrets, selection())
    with refused("presentation-building/binding-required"):
        check_ready_to_send(presentation)
    other = SigningKey.generate(SignatureAlgorithm.ED25519)
    plain = build_presentation(MATERIAL.attestation, SECRETS, selection())
    for unbound, holder in ((presentation, other), (plain, other), (plain, factory.holder_key())):
        with refused("presentation-building/holder-key-mismatch"):
            bind(unbound, holder=holder, audience="a", nonce=bytes(16), issued=1, expiry=2)
    done = bind(presentation, holder=factory.holder_key(), audience="a", nonce=bytes(16), issued=1, expiry=2)
    check_ready_to_send(done)
    check_ready_to_send(plain)
    with refused("encoding/not-canonical"):
        bind(presentation, holder=factory.holder_key(), audience="a", nonce=bytes(15), issued=1, expiry=2)


def test_a_malformed_holder_key_is_refused_with_the_reason_asked_for() -> None:
    extension = replace(factory.holder_extension(), value=b"\1")
    attestation = sign(replace(MATERIAL.attestation.body, prover_extensions=(extension,)))
    with refused("presentation-building/holder-key-mismatch"):
        holder_key(attestation, reason="presentation-building/holder-key-mismatch")


def test_a_selection_knows_its_directions() -> None:
    chosen = selection([(0, 1)], [(2, 3)])
    assert chosen.ranges(Direction.SENT) == RangeSet.of([(0, 1)])
    assert chosen.ranges(Direction.RECEIVED) == RangeSet.of([(2, 3)])
