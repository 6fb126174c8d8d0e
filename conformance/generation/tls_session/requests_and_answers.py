"""Requests, and what a Notary with limits answers to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mpctls.spec.identifiers import (
    CIPHER_SUITES,
    ENGINE_PROFILES,
    HALF_GATES,
    HALF_GATES_SILENT,
    THREE_HALVES,
    USUAL_ENGINE_PROFILES,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.spec.messages import SessionRequest
from mpctls.spec.mpc_tls.messages import Budget

from ...fields import Fields, listed, number, numbers
from ..labelled import Labelled
from ..vector import Family, Importance, MutationKind, Vector
from .agreements import COMPONENTS, LARGEST, STEP, features_of, key_of, request, signed, terms_for
from .authoring import Accepted

_STREAM = Labelled(label=STEP)
_ALGORITHMS = tuple(SignatureAlgorithm)
_LIMIT = 16


def _texts(values: tuple[str, ...]) -> bytes:
    return listed([value.encode("utf-8") for value in values])


def _asking(kind: SessionKind, algorithms: tuple[int, ...], budget: Budget, part: str) -> Fields:
    return {
        "kind": number(kind),
        "profiles": _texts(USUAL_ENGINE_PROFILES),
        "algorithms": numbers(algorithms),
        "budget": budget.encode(),
        "nonce": _STREAM.octets(32, part),
    }


def _requests() -> Iterator[Vector]:
    usual = request().budget
    smallest = Budget(sent_octets=1, sent_records=1, received_octets=1, received_records=1)
    largest = Budget(
        sent_octets=2**32 - 1, sent_records=2**16 - 1, received_octets=2**32 - 1, received_records=2**16 - 1
    )
    unequal = Budget(
        sent_octets=0x01020304, sent_records=0x0506, received_octets=0x0708090A, received_records=0x0B0C
    )
    notarize, verify = SessionKind.NOTARIZE, SessionKind.VERIFY
    every = tuple(each.value for each in _ALGORITHMS)
    for name, comment, kind, algorithms, budget in (
        ("usual", "A session that ends in an attestation.", notarize, every[:1], usual),
        ("verify", "A session whose partner verifies itself.", verify, every[:1], usual),
        ("all-algorithms", "All signature algorithms, in order of number.", notarize, every, usual),
        ("algorithms-reversed", "The order is the preference of the Prover.", notarize, every[::-1], usual),
        ("eight-algorithms", "As many entries as the list may have.", notarize, every + every, usual),
        ("no-algorithms", "An empty list can be written; a Notary refuses it.", notarize, (), usual),
        ("smallest-budget", "One octet and one record each way.", notarize, every[:1], smallest),
        ("largest-budget", "The largest numbers that the fields hold.", notarize, every[:1], largest),
        ("budget-octets", "Little-endian, octets before records, sent before received.", notarize, every[:1], unequal),
        ("zero-budget", "Zero can be written; a Notary refuses it.", notarize, every[:1], Budget.decode(bytes(12))),
    ):  # fmt: skip
        given = _asking(kind, algorithms, budget, f"request {name}")
        yield Accepted(operation="tls_session/request", name=name, given=given).vector(comment)
    for name, comment, offered in (
        ("one-profile", "A Prover that takes half-gates alone.", (HALF_GATES,)),
        ("profiles-reversed", "The order is the preference of the Prover.", USUAL_ENGINE_PROFILES[::-1]),
        ("all-profiles", "Every registered profile.", ENGINE_PROFILES),
    ):
        given = {**_asking(notarize, every[:1], usual, f"request {name}"), "profiles": _texts(offered)}
        yield Accepted(operation="tls_session/request", name=name, given=given).vector(comment)
    for name, nonce in (("nonce-zero", bytes(32)), ("nonce-maximum", b"\xff" * 32)):
        given = {**_asking(notarize, every[:1], usual, ""), "nonce": nonce}
        yield Accepted(operation="tls_session/request", name=name, given=given).vector(
            "A nonce is 32 octets as they were drawn, whatever they are.", importance=Importance.MEDIUM
        )


def _answering(asked: SessionRequest, algorithms: tuple[SignatureAlgorithm, ...] = _ALGORITHMS[:1]) -> Fields:
    return {
        "request": asked.encode(),
        "keys": listed([listed([number(each), key_of(each).secret]) for each in algorithms]),
        "profiles": _texts(USUAL_ENGINE_PROFILES),
        "kinds": numbers(tuple(SessionKind)),
        "largest": LARGEST.encode(),
        "session id": _STREAM.octets(32, "session id"),
    }


def _answers() -> Iterator[Vector]:
    usual = request()
    base = Accepted(operation="tls_session/answer", name="usual", given=_answering(usual))
    key = key_of(SignatureAlgorithm.ED25519)
    terms = terms_for(usual, key)
    yield base.vector(
        "The first common entry of each list, all common suites, the budget that was asked for.",
        intermediate={
            "context": b"mpctls/1/session-answer\0".hex(),
            "request": usual.encode().hex(),
            "terms": terms.encode().hex(),
            "signature input": terms.signature_input(usual).hex(),
            "signature": signed(usual, terms, key).signature.hex(),
            "verifying key": key.verifying_key.encode().hex(),
        },
    )
    others = tuple(range(100, 100 + _LIMIT - 1))
    profiles = tuple(f"other-{place}" for place in range(_LIMIT - 1))
    for name, comment, changed in (
        ("protocol-version-last", "The one common version is the last.", {"protocol_versions": (*others, 1)}),
        ("protocol-version-first", "It is the first of sixteen.", {"protocol_versions": (1, *others)}),
        ("engine-profile-last", "The one common profile is the last of sixteen.",
         {"engine_profiles": (*profiles, HALF_GATES)}),
        ("engine-profile-first", "It is the first of sixteen.", {"engine_profiles": (HALF_GATES, *profiles)}),
        ("tls-version-last", "A Prover that prefers TLS 1.3 gets TLS 1.2.", {"tls_versions": (0x0304, 0x0303)}),
        ("tls-version-first", "TLS 1.2 is preferred.", {"tls_versions": (0x0303, 0x0304)}),
        ("suites-reversed", "Suites are answered in the order of the Prover.", {"cipher_suites": CIPHER_SUITES[::-1]}),
        ("one-suite-ecdsa", "Only ECDSA.", {"cipher_suites": CIPHER_SUITES[:1]}),
        ("one-suite-rsa", "Only RSA.", {"cipher_suites": CIPHER_SUITES[1:]}),
        ("suites-among-others", "Suites that the Notary lacks are left out.",
         {"cipher_suites": (0x1301, CIPHER_SUITES[1], 0xC02C, CIPHER_SUITES[0], 0xC030)}),
        ("suite-twice", "What is common stays as often as it was offered.",
         {"cipher_suites": (CIPHER_SUITES[0], CIPHER_SUITES[1], CIPHER_SUITES[0])}),
        ("suite-last-of-sixteen", "The one common suite is the last.", {"cipher_suites": (*others, CIPHER_SUITES[0])}),
        ("kind-verify", "The answer does not name the kind; its signature covers the request, which does.",
         {"kind": SessionKind.VERIFY}),
        ("algorithm-last-of-eight", "Numbers that nobody registered are passed over.",
         {"signature_algorithms": (0, 5, 77, 99, 128, 254, 255, 1)}),
        ("nonce-maximum", "A nonce of octets 0xff.", {"nonce": b"\xff" * 32}),
    ):  # fmt: skip
        asked = replace(usual, **_any(changed))
        yield base.but(name, request=asked.encode()).vector(comment)
    for component in COMPONENTS:
        for word, amount in (("one", 1), ("limit", getattr(LARGEST, component))):
            asked = replace(usual, budget=replace(usual.budget, **{component: amount}))
            name = f"{component.replace('_', '-')}-{word}"
            yield base.but(name, request=asked.encode()).vector(
                f"The {'smallest' if amount == 1 else 'largest'} number that is granted."
            )
    yield from _answers_of_profiles(base, usual)
    yield from _answers_of_keys(usual)
    yield from _refused_answers(base, usual)


def _answers_of_profiles(base: Accepted, usual: SessionRequest) -> Iterator[Vector]:
    for profile in ENGINE_PROFILES:
        asked = replace(usual, engine_profiles=(profile,)).encode()
        yield base.but(f"profile-{profile}", request=asked, profiles=_texts(ENGINE_PROFILES)).vector(
            "Each registered profile can be agreed on."
        )
    both = (THREE_HALVES, HALF_GATES)
    for name, comment, offered, served in (
        ("profiles-three-halves-first", "The Prover's first choice is taken.", both, both),
        ("profiles-half-gates-first", "The order of the Notary's list decides nothing.", both[::-1], both),
        ("profiles-second-served", "The Prover's second choice is the first that is served.", both, both[1:]),
    ):
        given = {"request": replace(usual, engine_profiles=offered).encode(), "profiles": _texts(served)}
        case = base.but(name, **given)
        yield case.vector(comment)
    for name, served_by, profile in (
        ("engine-profile-silent", base, HALF_GATES_SILENT),
        ("engine-profile-first-alone", case, THREE_HALVES),
    ):
        yield served_by.refused(
            name,
            "A registered profile that this Notary does not serve.",
            "tls-session/no-common-engine-profile",
            MutationKind.REPLACE,
            "request.engine_profiles",
            importance=Importance.HIGH,
            request=replace(usual, engine_profiles=(profile,)).encode(),
        )


def _answers_of_keys(usual: SessionRequest) -> Iterator[Vector]:
    for algorithm in _ALGORITHMS[1:]:
        asked = replace(usual, signature_algorithms=(algorithm.value,))
        found = Accepted(
            operation="tls_session/answer",
            name=f"key-{algorithm.value}",
            given=_answering(asked, (algorithm,)),
        )
        yield found.vector("A key of another algorithm.", features=features_of(algorithm))
    for name, comment, order in (
        ("second-key", "The Prover's first choice has no key, its second has.", (4, 2)),
        ("prover-prefers", "Of two keys the one that the Prover prefers signs.", (2, 1)),
    ):
        asked = replace(usual, signature_algorithms=order)
        given = _answering(asked, (SignatureAlgorithm.ED25519, SignatureAlgorithm.ECDSA_P256_SHA256))
        yield Accepted(operation="tls_session/answer", name=name, given=given).vector(comment)


def _refused_answers(base: Accepted, usual: SessionRequest) -> Iterator[Vector]:
    for field, reason, cases in (
        ("protocol_versions", "no-common-protocol-version", {"next": (2,), "zero": (0,), "none": (),
                                                             "maximum": (65535,),
                                                             "sixteen-others": tuple(range(2, 18))}),
        ("engine_profiles", "no-common-engine-profile", {"next": ("half-gates-2",), "empty": ("",), "none": (),
                                                         "prefix": ("half-gates-",), "longer": ("half-gates-10",),
                                                         "upper-case": ("Half-Gates-1",)}),
        ("tls_versions", "no-common-tls-version", {"tls-1-1": (0x0302,), "tls-1-3": (0x0304,), "none": (),
                                                   "octets-swapped": (0x0303 ^ 0x0100,)}),
        ("cipher_suites", "no-common-cipher-suite", {"tls-1-3": (0x1301,), "none": (), "aes-256": (0xC02C, 0xC030),
                                                     "octets-swapped": (0x2BC0, 0x2FC0),
                                                     "neighbours": (0xC02A, 0xC02E)}),
        ("signature_algorithms", "no-common-signature-algorithm", {"zero": (0,), "next": (5,), "maximum": (255,),
                                                                   "no-key": (2, 3, 4), "none": ()}),
    ):  # fmt: skip
        for word, value in _any(cases).items():
            yield base.refused(
                f"{field.replace('_', '-')}-{word}",
                "Nothing in the list is common.",
                f"tls-session/{reason}",
                MutationKind.REMOVE if not value else MutationKind.REPLACE,
                f"request.{field}",
                importance=Importance.HIGH,
                request=replace(usual, **{field: value}).encode(),
            )
    for component in COMPONENTS:
        most = 2**32 - 1 if component.endswith("octets") else 2**16 - 1
        for word, kind, amount in (
            ("zero", MutationKind.ZERO, 0),
            ("above-the-limit", MutationKind.REPLACE, getattr(LARGEST, component) + 1),
            ("maximum", MutationKind.MAXIMUM, most),
        ):
            asked = replace(usual, budget=replace(usual.budget, **{component: amount}))
            yield base.refused(
                f"{component.replace('_', '-')}-{word}",
                "One component is outside what the Notary serves.",
                "tls-session/budget-exceeded",
                kind,
                f"request.budget.{component}",
                detail=str(amount),
                importance=Importance.HIGH,
                request=asked.encode(),
            )
    for kind_of_session in SessionKind:
        only = numbers([each for each in SessionKind if each is not kind_of_session])
        asked = replace(usual, kind=kind_of_session)
        accepted = base.but(
            f"only-{'verify' if kind_of_session is SessionKind.NOTARIZE else 'notarize'}",
            kinds=only,
            request=replace(usual, kind=SessionKind(1 - kind_of_session)).encode(),
        )
        yield accepted.vector("The Notary serves one kind of session, and that one was asked for.")
        yield accepted.refused(
            f"kind-{kind_of_session.name.lower()}-not-served",
            "The other kind was asked for.",
            "tls-session/unsupported-session-kind",
            MutationKind.REPLACE,
            "request.kind",
            importance=Importance.HIGH,
            request=asked.encode(),
        )


def _any(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = value
    return found


FAMILIES = (
    Family(step=STEP, name="requests", summary="Requests, octet for octet.", make=_requests),
    Family(step=STEP, name="answers", summary="What is chosen, signed and refused.", make=_answers),
)
