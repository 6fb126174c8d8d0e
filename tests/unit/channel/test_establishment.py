"""Request and signed answer: every reason of the first two steps of a session, and their order."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from mpctls.reference.channel.establishment import answer_request, check_answer, session_request
from mpctls.reference.channel.messages import (
    SESSION_ANSWER,
    SESSION_REQUEST,
    Budget,
    SessionAnswer,
    SessionRequest,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import SessionKind, SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.notary_connection import NotarySettings
from mpctls.reference.prover_records import ProverSettings
from tests.unit.attestation.material import notary_key
from tests.unit.foundation.refusals import refused

ED25519, P256 = SignatureAlgorithm.ED25519, SignatureAlgorithm.ECDSA_P256_SHA256
LARGEST = Budget(sent_octets=1000, sent_records=10, received_octets=2000, received_records=20)
REQUEST = session_request(
    kind=SessionKind.NOTARIZE, signature_algorithms=(P256, ED25519), budget=LARGEST, nonce=bytes(range(32))
)
KEYS = (notary_key(ED25519), notary_key(P256))


def answer(
    request: SessionRequest, *keys: SigningKey, kinds: tuple[SessionKind, ...] = (SessionKind.NOTARIZE,)
) -> SessionAnswer:
    found, _ = answer_request(
        request, signing_keys=keys or KEYS, kinds=kinds, largest=LARGEST, session_id=bytes(32)
    )
    return found


ANSWER = answer(REQUEST)
TRUSTED = notary_key(P256).verifying_key


def test_a_session_is_agreed_upon() -> None:
    found, key = answer_request(
        REQUEST, signing_keys=KEYS, kinds=tuple(SessionKind), largest=LARGEST, session_id=bytes(32)
    )
    assert key is notary_key(P256)
    assert check_answer(REQUEST, found, trusted=TRUSTED) is found
    assert (found.protocol_version, found.engine_profile, found.tls_version) == (1, "half-gates-1", 0x0303)
    assert (found.cipher_suites, found.budget, found.session_id) == ((0xC02B, 0xC02F), LARGEST, bytes(32))


def test_a_profile_other_than_the_first_is_agreed_upon_only_where_both_allow_it() -> None:
    request = replace(REQUEST, engine_profiles=("half-gates-silent-1", "half-gates-1"))

    def agreed(profiles: tuple[str, ...]) -> str:
        found, _ = answer_request(
            request,
            signing_keys=KEYS,
            kinds=tuple(SessionKind),
            largest=LARGEST,
            session_id=bytes(32),
            engine_profiles=profiles,
        )
        assert check_answer(request, found, trusted=TRUSTED) is found
        return found.engine_profile

    assert agreed(("half-gates-1",)) == "half-gates-1"
    assert agreed(("half-gates-1", "half-gates-silent-1")) == "half-gates-silent-1"


def test_by_default_three_halves_is_agreed_upon_unless_one_side_keeps_to_half_gates() -> None:
    accepted = NotarySettings(signing_keys=KEYS).engine_profiles
    (offered,) = (each.default for each in fields(ProverSettings) if each.name == "engine_profiles")
    assert isinstance(offered, tuple)

    def agreed(offered: tuple[str, ...], accepted: frozenset[str]) -> str:
        found, _ = answer_request(
            replace(REQUEST, engine_profiles=offered),
            signing_keys=KEYS,
            kinds=tuple(SessionKind),
            largest=LARGEST,
            session_id=bytes(32),
            engine_profiles=accepted,
        )
        return found.engine_profile

    assert agreed(offered, accepted) == "three-halves-1"
    assert agreed(offered, frozenset({"half-gates-1"})) == "half-gates-1"
    assert agreed(("half-gates-1",), accepted) == "half-gates-1"
    with pytest.raises(Refused, match="tls-session/no-common-engine-profile"):
        agreed(("three-halves-silent-1",), accepted)


def test_the_first_supported_entries_are_chosen_in_the_provers_order() -> None:
    request = replace(
        REQUEST,
        protocol_versions=(2, 1),
        engine_profiles=("other", "half-gates-1"),
        tls_versions=(0x0304, 0x0303),
        cipher_suites=(0xC02F, 0x009C, 0xC02B),
        signature_algorithms=(250, 4, 1, 2),
    )
    found = answer(request)
    assert found.cipher_suites == (0xC02F, 0xC02B)
    assert found.signature_algorithm == 1
    assert check_answer(request, found, trusted=notary_key(ED25519).verifying_key) is found


def test_what_is_signed_is_written_down() -> None:
    unsigned = SESSION_ANSWER.encode(ANSWER)[:-64]
    message = b"mpctls/1/session-answer\0" + SESSION_REQUEST.encode(REQUEST) + unsigned
    TRUSTED.verify(ANSWER.signature, message, reason="unexpected")


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"protocol_versions": (2,)}, "no-common-protocol-version"),
    ({"engine_profiles": ("half-gates-2", "")}, "no-common-engine-profile"),
    ({"tls_versions": (0x0304,)}, "no-common-tls-version"),
    ({"cipher_suites": (0xC030,)}, "no-common-cipher-suite"),
    ({"kind": SessionKind.VERIFY}, "unsupported-session-kind"),
    ({"signature_algorithms": (3, 4, 250)}, "no-common-signature-algorithm"),
    ({"budget": replace(LARGEST, sent_octets=1001)}, "budget-exceeded"),
]


@pytest.mark.parametrize("place", range(len(FAULTS)))
def test_each_fault_of_a_request_has_its_reason_and_the_first_is_named(place: int) -> None:
    with refused(f"tls-session/{FAULTS[place][1]}"):
        answer(replace(REQUEST, **FAULTS[place][0]))
    together: dict[str, Any] = {}
    for change, _ in FAULTS[place:]:
        together |= change
    with refused(f"tls-session/{FAULTS[place][1]}"):
        answer(replace(REQUEST, **together))


@pytest.mark.parametrize(
    "name", ["protocol_versions", "engine_profiles", "tls_versions", "cipher_suites", "signature_algorithms"]
)
def test_nothing_offered_is_nothing_in_common(name: str) -> None:
    empty: dict[str, Any] = {name: ()}
    with pytest.raises(Refused, match="tls-session/no-common-"):
        answer(replace(REQUEST, **empty))


@pytest.mark.parametrize("name", ["sent_octets", "sent_records", "received_octets", "received_records"])
def test_each_component_of_a_budget_is_limited(name: str) -> None:
    for amount in (0, getattr(LARGEST, name) + 1):
        with refused("tls-session/budget-exceeded"):
            answer(replace(REQUEST, budget=replace(LARGEST, **{name: amount})))
    assert answer(replace(REQUEST, budget=replace(LARGEST, **{name: 1})))


UNASKED = replace(LARGEST, received_octets=1)
OTHER = SigningKey.generate(P256)


def resigned(**changes: Any) -> SessionAnswer:
    """An answer with changes that the Notary signs."""
    changed = replace(ANSWER, **changes)
    message = b"mpctls/1/session-answer\0" + SESSION_REQUEST.encode(REQUEST)
    message += SESSION_ANSWER.encode(changed)[:-64]
    return replace(changed, signature=notary_key(P256).sign(message))


@pytest.mark.parametrize(
    "changes",
    [
        {"protocol_version": 2},
        {"engine_profile": "half-gates-2"},
        {"tls_version": 0x0304},
        {"cipher_suites": ()},
        {"cipher_suites": (0xC030,)},
        {"cipher_suites": (0xC02F, 0xC02B)},
        {"cipher_suites": (0xC02B, 0xC02B)},
        {"cipher_suites": (0xC02B, 0xC02F, 0xC030)},
        {"signature_algorithm": 1},
        {"signature_algorithm": 3},
        {"budget": UNASKED},
    ],
)
def test_what_was_not_offered_is_refused_before_key_and_signature(changes: dict[str, Any]) -> None:
    for found in (resigned(**changes), replace(ANSWER, **changes)):
        for trusted in (TRUSTED, OTHER.verifying_key):
            with refused("tls-session/answer-not-offered"):
                check_answer(REQUEST, found, trusted=trusted)


def test_a_subset_of_the_suites_is_accepted() -> None:
    for suites in ((0xC02B,), (0xC02F,)):
        assert check_answer(REQUEST, resigned(cipher_suites=suites), trusted=TRUSTED)


def test_another_notary_is_refused_before_its_signature() -> None:
    found = answer(REQUEST, OTHER)
    with refused("tls-session/untrusted-notary"):
        check_answer(REQUEST, found, trusted=TRUSTED)
    with refused("tls-session/untrusted-notary"):
        check_answer(REQUEST, replace(found, signature=bytes(64)), trusted=TRUSTED)


@pytest.mark.parametrize(
    ("request_changes", "answer_changes"),
    [
        ({}, {"signature": bytes(64)}),
        ({}, {"session_id": bytes([1]) * 32}),
        ({}, {"cipher_suites": (0xC02B,)}),
        ({"nonce": bytes(32)}, {}),
        ({"kind": SessionKind.VERIFY}, {}),
        ({"cipher_suites": (0xC02B, 0xC02F, 0xC030)}, {}),
        ({"signature_algorithms": (2,)}, {}),
    ],
)
def test_the_signature_covers_both_messages(
    request_changes: dict[str, Any], answer_changes: dict[str, Any]
) -> None:
    """A replayed answer, or one to a request changed on its way, is refused."""
    with refused("tls-session/answer-signature-invalid"):
        check_answer(replace(REQUEST, **request_changes), replace(ANSWER, **answer_changes), trusted=TRUSTED)
