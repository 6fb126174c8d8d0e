"""Answers that a Prover accepts, and such that another Notary or somebody on the way made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mpctls.spec.identifiers import CIPHER_SUITES, SessionKind, SignatureAlgorithm
from mpctls.spec.messages import SessionAnswer, SessionRequest, SessionTerms

from ..vector import Family, MutationKind, Vector
from .agreements import COMPONENTS, STEP, features_of, key_of, request, signed, terms_for
from .authoring import Accepted, changes

_OPERATION = "tls_session/accept"
_ED25519, _P256 = SignatureAlgorithm.ED25519, SignatureAlgorithm.ECDSA_P256_SHA256
_NOT_OFFERED = "tls-session/answer-not-offered"
_INVALID = "tls-session/answer-signature-invalid"
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _asked(algorithm: SignatureAlgorithm) -> SessionRequest:
    return replace(request(), signature_algorithms=(algorithm.value,))


def _case(
    name: str, algorithm: SignatureAlgorithm, asked: SessionRequest | None = None, **chosen: Any
) -> Accepted:
    asked, key = asked or _asked(algorithm), key_of(algorithm)
    answer = signed(asked, replace(terms_for(asked, key), **chosen), key)
    given = {
        "request": asked.encode(),
        "answer": answer.encode(),
        "trusted": key.verifying_key.encode(),
    }
    return Accepted(operation=_OPERATION, name=name, given=given)


def _accepted() -> Iterator[Vector]:
    asked, key = _asked(_ED25519), key_of(_ED25519)
    terms = terms_for(asked, key)
    yield _case("usual", _ED25519).vector(
        "Everything was offered, the key is trusted, the signature is valid.",
        intermediate={"signature input": terms.signature_input(asked).hex(), "terms": terms.encode().hex()},
    )
    for algorithm in tuple(SignatureAlgorithm)[1:]:
        yield _case(f"key-{algorithm.value}", algorithm).vector(
            "Signed with a key of another algorithm.", features=features_of(algorithm)
        )
    yield _case("first-suite", _ED25519, cipher_suites=CIPHER_SUITES[:1]).vector(
        "A part of the suites, in order."
    )
    yield _case("last-suite", _ED25519, cipher_suites=CIPHER_SUITES[1:]).vector("Another part of the suites.")
    wide = replace(
        asked,
        protocol_versions=(2, 1),
        engine_profiles=("other-1", *asked.engine_profiles),
        tls_versions=(0x0304, 0x0303),
        cipher_suites=(0x1301, *CIPHER_SUITES, 0xC02C),
        signature_algorithms=(4, 1),
    )
    yield _case("among-others", _ED25519, wide, cipher_suites=CIPHER_SUITES).vector(
        "Each choice is the second entry of its list."
    )
    both = ("three-halves-1", "half-gates-1")
    for name, chosen in zip(("first-profile", "second-profile"), both, strict=True):
        yield _case(name, _ED25519, replace(asked, engine_profiles=both), engine_profile=chosen).vector(
            "A Prover runs whichever profile it offered."
        )
    yield _case(
        "other-version", _ED25519, replace(asked, protocol_versions=(1, 7)), protocol_version=7
    ).vector("A Prover accepts whatever it offered.")


def _changed_terms(base: Accepted, asked: SessionRequest, terms: SessionTerms) -> Iterator[Vector]:
    """Terms that were not offered, under a valid signature of the trusted key."""
    key, one, two = key_of(_ED25519), *CIPHER_SUITES
    cases: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("protocol-version-next", "protocol_version", {"protocol_version": 2}),
        ("protocol-version-zero", "protocol_version", {"protocol_version": 0}),
        ("engine-profile-other", "engine_profile", {"engine_profile": "half-gates-2"}),
        ("engine-profile-registered", "engine_profile", {"engine_profile": "half-gates-silent-1"}),
        ("engine-profile-empty", "engine_profile", {"engine_profile": ""}),
        ("tls-version-1-1", "tls_version", {"tls_version": 0x0302}),
        ("tls-version-1-3", "tls_version", {"tls_version": 0x0304}),
        ("suites-none", "cipher_suites", {"cipher_suites": ()}),
        ("suites-turned-about", "cipher_suites", {"cipher_suites": (two, one)}),
        ("suites-first-twice", "cipher_suites", {"cipher_suites": (one, one)}),
        ("suites-last-twice", "cipher_suites", {"cipher_suites": (one, two, two)}),
        ("suites-other-first", "cipher_suites", {"cipher_suites": (0x1301, one, two)}),
        ("suites-other-last", "cipher_suites", {"cipher_suites": (one, two, 0xC02C)}),
        ("suites-other-alone", "cipher_suites", {"cipher_suites": (0xC02C,)}),
        ("algorithm-of-another-key", "signature_algorithm", {"signature_algorithm": _P256}),
        ("key-of-another-algorithm", "verifying_key", {"verifying_key": key_of(_P256).verifying_key}),
    )
    for name, field, chosen in cases:
        yield base.refused(
            name,
            "The Notary chose what was not offered, and signed it.",
            _NOT_OFFERED,
            MutationKind.SIGN_AGAIN,
            f"answer.{field}",
            answer=signed(asked, replace(terms, **chosen), key).encode(),
        )
    for component in COMPONENTS:
        for word, difference in (("more", 1), ("less", -1)):
            amount = getattr(terms.budget, component) + difference
            other = replace(terms, budget=replace(terms.budget, **{component: amount}))
            yield base.refused(
                f"{component.replace('_', '-')}-one-{word}",
                "The budget is not the one that was asked for.",
                _NOT_OFFERED,
                MutationKind.SIGN_AGAIN,
                f"answer.budget.{component}",
                answer=signed(asked, other, key).encode(),
            )
    unasked = replace(asked, signature_algorithms=(2, 3, 4))
    yield base.refused(
        "algorithm-not-offered",
        "The algorithm of the trusted key was not offered.",
        _NOT_OFFERED,
        MutationKind.SIGN_AGAIN,
        "request.signature_algorithms",
        request=unasked.encode(),
        answer=signed(unasked, terms, key).encode(),
    )


def _untrusted(base: Accepted, asked: SessionRequest, terms: SessionTerms) -> Iterator[Vector]:
    other = key_of(_ED25519, "other notary")
    theirs = replace(terms, verifying_key=other.verifying_key)
    yield base.refused(
        "another-notary",
        "Another Notary answers, under its own key.",
        "tls-session/untrusted-notary",
        MutationKind.REPLACE,
        "answer.verifying_key",
        answer=signed(asked, theirs, other).encode(),
    )
    for name, trusted in (("same-algorithm", other), ("another-algorithm", key_of(_P256))):
        yield base.refused(
            f"trusts-{name}",
            "The answer is valid, and the Prover trusts another key.",
            "tls-session/untrusted-notary",
            MutationKind.REPLACE,
            "trusted",
            trusted=trusted.verifying_key.encode(),
        )


def _not_signed(base: Accepted, asked: SessionRequest, terms: SessionTerms) -> Iterator[Vector]:
    """One field is not the signed one, and nothing else is wrong with it."""
    key = key_of(_ED25519)
    answer = signed(asked, terms, key)
    wide: tuple[tuple[str, Any], ...] = (
        ("protocol_versions", (*asked.protocol_versions, 2)),
        ("engine_profiles", (*asked.engine_profiles, "other-1")),
        ("tls_versions", (*asked.tls_versions, 0x0304)),
        ("cipher_suites", (*asked.cipher_suites, 0xC02C)),
        ("kind", SessionKind.VERIFY),
        ("signature_algorithms", (*asked.signature_algorithms, 2)),
    )
    for field, value in wide:
        yield base.refused(
            f"request-{field.replace('_', '-')}",
            "The signature covers the whole request; on the way this field was another.",
            _INVALID,
            MutationKind.EXTEND if isinstance(value, tuple) else MutationKind.REPLACE,
            f"request.{field}",
            request=replace(asked, **{field: value}).encode(),
        )
    for change in changes(asked.nonce):
        yield base.refused(
            f"request-nonce-{change.word}",
            "An answer to a request with another nonce.",
            _INVALID,
            change.kind,
            "request.nonce",
            detail=change.detail,
            request=replace(asked, nonce=change.octets).encode(),
        )
    for change in changes(terms.session_id):
        yield base.refused(
            f"session-id-{change.word}",
            "The session id is not the signed one.",
            _INVALID,
            change.kind,
            "answer.session_id",
            detail=change.detail,
            answer=SessionAnswer(
                terms=replace(terms, session_id=change.octets), signature=answer.signature
            ).encode(),
        )
    fewer = SessionAnswer(terms=replace(terms, cipher_suites=CIPHER_SUITES[:1]), signature=answer.signature)
    yield base.refused(
        "suite-removed",
        "A suite that the Notary granted is missing.",
        _INVALID,
        MutationKind.REMOVE,
        "answer.cipher_suites",
        answer=fewer.encode(),
    )
    for change in changes(answer.signature):
        yield base.refused(
            f"signature-{change.word}",
            "The signature is not valid.",
            _INVALID,
            change.kind,
            "answer.signature",
            detail=change.detail,
            answer=SessionAnswer(terms=terms, signature=change.octets).encode(),
        )
    yield from _signed_otherwise(base, asked, terms)


def _signed_otherwise(base: Accepted, asked: SessionRequest, terms: SessionTerms) -> Iterator[Vector]:
    key = key_of(_ED25519)
    preimage = terms.signature_input(asked)
    context = len(b"mpctls/1/session-answer\0")
    other = replace(asked, nonce=bytes(range(32)))
    cases: tuple[tuple[str, str, MutationKind, bytes], ...] = (
        ("without-context", "context", MutationKind.REMOVE, preimage[context:]),
        ("context-without-zero", "context", MutationKind.TRUNCATE, preimage[: context - 1] + preimage[context:]),
        ("terms-alone", "request", MutationKind.REMOVE, preimage[:context] + terms.encode()),
        ("terms-first", "request", MutationKind.REORDER, preimage[:context] + terms.encode() + asked.encode()),
        ("another-request", "request", MutationKind.FROM_ANOTHER_SESSION, terms.signature_input(other)),
    )  # fmt: skip
    for name, part, kind, octets in cases:
        yield base.refused(
            f"signed-{name}",
            "The signature is over something else than context, request and answer.",
            _INVALID,
            kind,
            f"answer.signature.{part}",
            answer=SessionAnswer(terms=terms, signature=key.sign(octets)).encode(),
        )
    yield base.refused(
        "signed-by-another-key",
        "The trusted key is named, and another one signed.",
        _INVALID,
        MutationKind.REPLACE,
        "answer.signature",
        answer=signed(asked, terms, key_of(_ED25519, "other notary")).encode(),
    )


def _refused() -> Iterator[Vector]:
    asked = _asked(_ED25519)
    terms = terms_for(asked, key_of(_ED25519))
    base = _case("usual", _ED25519)
    yield from _changed_terms(base, asked, terms)
    yield from _untrusted(base, asked, terms)
    yield from _not_signed(base, asked, terms)
    for algorithm in tuple(SignatureAlgorithm)[1:]:
        other_asked, key = _asked(algorithm), key_of(algorithm)
        case = _case(f"key-{algorithm.value}", algorithm)
        answer = signed(other_asked, terms_for(other_asked, key), key)
        for change in changes(answer.signature):
            yield case.refused(
                f"key-{algorithm.value}-signature-{change.word}",
                "The signature is not valid.",
                _INVALID,
                change.kind,
                "answer.signature",
                detail=change.detail,
                features=features_of(algorithm),
                answer=SessionAnswer(terms=answer.terms, signature=change.octets).encode(),
            )
    asked, key = _asked(_P256), key_of(_P256)
    answer = signed(asked, terms_for(asked, key), key)
    high = (_P256_ORDER - int.from_bytes(answer.signature[32:], "big")).to_bytes(32, "big")
    yield _case(f"key-{_P256.value}", _P256).refused(
        "signature-with-large-s",
        "r and n - s verify in plain ECDSA; only the smaller s is canonical.",
        _INVALID,
        MutationKind.REPLACE,
        "answer.signature",
        detail="s is replaced by n - s",
        answer=SessionAnswer(terms=answer.terms, signature=answer.signature[:32] + high).encode(),
    )


def _make() -> Iterator[Vector]:
    yield from _accepted()
    yield from _refused()


FAMILIES = (
    Family(
        step=STEP, name="accepting", summary="Answers that are accepted, and with one fault each.", make=_make
    ),
)
