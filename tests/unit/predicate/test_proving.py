"""Proofs of predicates: they verify, they are bound to what they say, and what is false is never proved."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction
from mpctls.zkp.predicate.build import boolean, decimal, field, integer, octets, text
from mpctls.zkp.predicate.canonical import encode
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.predicate.pseudonym import pseudonym
from mpctls.zkp.predicate.types import INTEGER
from mpctls.zkp.predicate.values import value_hash
from mpctls.zkp.prove import prove
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Setup
from mpctls.zkp.statement import (
    PREDICATE_PROOF,
    Audience,
    FieldSecret,
    PredicateProof,
    PublicField,
    Setting,
    statement_digest,
)
from mpctls.zkp.verify import (
    AcceptedSetups,
    Presented,
    read_proof,
    require_field,
    require_one_attestation,
    verify,
    verify_many,
)
from tests.unit.foundation.refusals import refused

from .committed import HEADER_DIGEST, LITERAL, NUMBER, SETTING, commit_all, committed

KEYS = KeyCache()
BALANCE = field("response", "$.balance", decimal(2))
LIMIT = field("response", "$.limit", decimal(2))
COUNT = field("response", "$.count", integer)
PREDICATE = (BALANCE >= 1000).predicate
TOKEN = Token(kind=NUMBER, octets=b"1234.50")


@pytest.fixture(scope="module")
def setup() -> Setup:
    return make_development_setup(12, "tests of predicates")


@pytest.fixture(scope="module")
def setups(setup: Setup) -> AcceptedSetups:
    return AcceptedSetups.of(setup, accept_development=True)


@pytest.fixture(scope="module")
def secrets() -> list[FieldSecret]:
    return commit_all(PREDICATE, [TOKEN])


@pytest.fixture(scope="module")
def proof(setup: Setup, secrets: list[FieldSecret]) -> bytes:
    return prove(PREDICATE, secrets, SETTING, setup, keys=KEYS)


def presented(
    proof: bytes,
    secrets: list[FieldSecret],
    setting: Setting = SETTING,
    changes: dict[str, object] | None = None,
) -> Presented:
    fields = tuple(secret.public for secret in secrets)
    if changes:
        fields = (dataclasses.replace(fields[0], **changes), *fields[1:])  # type: ignore[arg-type]
    return Presented(received=read_proof(proof), fields=fields, setting=setting)


def changed(proof: bytes, /, **changes: object) -> bytes:
    encoded: PredicateProof = PREDICATE_PROOF.decode(proof)
    return PREDICATE_PROOF.encode(dataclasses.replace(encoded, **changes))  # type: ignore[arg-type]


def test_a_proof_verifies_and_says_what_it_proves(
    proof: bytes, secrets: list[FieldSecret], setup: Setup, setups: AcceptedSetups
) -> None:
    proved = verify(presented(proof, secrets), setups, keys=KEYS)
    assert proved.predicate == PREDICATE
    assert proved.fields == (secrets[0].public,)
    assert proved.outputs == ()
    assert proved.setup is setup
    assert proved.explanation.endswith("is at least 1000")
    assert TOKEN.octets not in proof


def test_two_proofs_of_one_witness_share_no_element(
    proof: bytes, secrets: list[FieldSecret], setup: Setup, setups: AcceptedSetups
) -> None:
    again = prove(PREDICATE, secrets, SETTING, setup, keys=KEYS)
    first, second = (PREDICATE_PROOF.decode(each).proof for each in (proof, again))
    chunks = [{each[start : start + 32] for start in range(0, 768, 32)} for each in (first, second)]
    assert not chunks[0] & chunks[1]
    assert len(verify_many([presented(proof, secrets), presented(again, secrets)], setups, keys=KEYS)) == 2


@pytest.mark.parametrize(
    ("make", "tokens", "reason"),
    [
        (lambda: BALANCE >= 1000, [b"999.99"], "predicate/false"),
        (lambda: BALANCE >= 1000, [b"-1234.50"], "predicate/false"),
        (lambda: BALANCE >= 1000, [b"01234.50"], "predicate/malformed-field"),
        (lambda: BALANCE >= 1000, [b"1234.500"], "predicate/malformed-field"),
        (lambda: BALANCE >= 1000, [b"12e3"], "predicate/malformed-field"),
        (lambda: ~(BALANCE >= 1000), [b"1e1"], "predicate/malformed-field"),
        (lambda: (COUNT > 5) | (BALANCE >= 1000), [b"6", b"-0"], "predicate/malformed-field"),
    ],
)
def test_what_is_false_or_malformed_is_refused_before_proving(
    make: Callable[[], Proposition], tokens: list[bytes], reason: str, setup: Setup
) -> None:
    predicate = make().predicate
    secrets = commit_all(predicate, [Token(kind=NUMBER, octets=each) for each in tokens])
    steps: list[str] = []
    with pytest.raises(Refused) as caught:
        prove(
            predicate,
            secrets,
            SETTING,
            setup,
            keys=KEYS,
            progress=lambda step, _done, _total: steps.append(step),
        )
    assert caught.value.reason == reason
    assert not steps
    assert all(each.decode() not in str(caught.value) for each in tokens if len(each) > 2)


def test_octets_that_were_not_committed_are_not_proved(secrets: list[FieldSecret], setup: Setup) -> None:
    forged = [dataclasses.replace(secrets[0], octets=b"9999.99")]
    with refused("zero-knowledge/unsatisfied"):
        prove(PREDICATE, forged, SETTING, setup, keys=KEYS)


OTHER = Setting(header_digests=(bytes(32),))
BOUND = Setting(header_digests=(HEADER_DIGEST,), audience=Audience(audience="verifier", nonce=bytes(16)))


@pytest.mark.parametrize("setting", [OTHER, BOUND, Setting(header_digests=(HEADER_DIGEST, HEADER_DIGEST))])
def test_a_proof_moved_to_another_attestation_or_audience(
    proof: bytes, secrets: list[FieldSecret], setups: AcceptedSetups, setting: Setting
) -> None:
    with refused("zero-knowledge/proof-invalid"):
        verify(presented(proof, secrets, setting), setups, keys=KEYS)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"commitment": 1}, "zero-knowledge/proof-invalid"),
        ({"offset": 1}, "zero-knowledge/proof-invalid"),
        ({"factor": 1}, "zero-knowledge/proof-invalid"),
        ({"length": 6}, "zero-knowledge/proof-invalid"),
        ({"index": 1}, "zero-knowledge/field-mismatch"),
        ({"attestation": 1}, "zero-knowledge/field-mismatch"),
        ({"direction": Direction.SENT}, "zero-knowledge/field-mismatch"),
        ({"kind": LITERAL}, "predicate/type-does-not-match-token"),
        ({"length": 404}, "predicate/field-too-long"),
        ({"length": 41}, "predicate/malformed-field"),
        ({"length": 3}, "predicate/false"),
    ],
)
def test_a_proof_about_another_leaf(
    proof: bytes, secrets: list[FieldSecret], setups: AcceptedSetups, changes: dict[str, object], reason: str
) -> None:
    with refused(reason):
        verify(presented(proof, secrets, changes=changes), setups, keys=KEYS)


def test_an_equally_long_other_value_is_another_leaf(
    proof: bytes, secrets: list[FieldSecret], setups: AcceptedSetups
) -> None:
    """A valid proof about `limit`, presented for `balance`, whose leaf the Verifier resolved itself."""
    limit = committed(Token(kind=NUMBER, octets=b"9999.99"), index=1)
    about_limit = changed(proof, leaves=(1,))
    with refused("zero-knowledge/field-mismatch"):
        verify(presented(about_limit, secrets), setups, keys=KEYS)
    with refused("zero-knowledge/proof-invalid"):
        verify(presented(about_limit, [limit]), setups, keys=KEYS)


def test_what_a_proof_says_of_itself(
    proof: bytes, secrets: list[FieldSecret], setups: AcceptedSetups
) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"predicate": encode((BALANCE >= 2000).predicate)}, "zero-knowledge/proof-invalid"),
        ({"predicate": encode((LIMIT >= 1000).predicate)}, "zero-knowledge/proof-invalid"),
        ({"predicate": b"\x01\x00"}, "encoding/truncated"),
        ({"compiler_version": 2}, "zero-knowledge/unsupported-compiler-version"),
        ({"leaves": (0, 1)}, "zero-knowledge/field-mismatch"),
        ({"leaves": ()}, "zero-knowledge/field-mismatch"),
        ({"outputs": (bytes(32),)}, "zero-knowledge/output-count"),
        ({"setup_digest": bytes(32)}, "zero-knowledge/untrusted-setup"),
        ({"proof": bytes(768)}, "zero-knowledge/point-not-on-curve"),
    ]
    for changes, reason in cases:
        with refused(reason):
            verify(presented(changed(proof, **changes), secrets), setups, keys=KEYS)
    with refused("encoding/not-canonical"):
        changed(proof, outputs=(b"\xff" * 32,))
    for damaged, reason in ((proof[:-1], "encoding/truncated"), (proof + b"\0", "encoding/trailing-octets")):
        with refused(reason):
            read_proof(damaged)


def test_every_octet_of_a_proof_matters(
    proof: bytes, secrets: list[FieldSecret], setups: AcceptedSetups
) -> None:
    for place in range(0, len(proof), 37):
        damaged = bytearray(proof)
        damaged[place] ^= 1
        with pytest.raises(Refused):
            verify(presented(bytes(damaged), secrets), setups, keys=KEYS)


def test_development_setups_need_the_policy(proof: bytes, secrets: list[FieldSecret], setup: Setup) -> None:
    with refused("zero-knowledge/development-setup"):
        verify(presented(proof, secrets), AcceptedSetups.of(setup), keys=KEYS)


def test_a_setup_too_small_says_how_large_is_needed(secrets: list[FieldSecret]) -> None:
    small = make_development_setup(4, "small")
    with pytest.raises(Refused) as caught:
        prove(PREDICATE, secrets, SETTING, small, keys=KEYS)
    assert caught.value.reason == "zero-knowledge/setup-too-small"
    assert "2^10 needed" in caught.value.detail


def test_outputs_are_proved(setup: Setup, setups: AcceptedSetups) -> None:
    predicate = COUNT.pseudonym("shop").predicate
    secrets = commit_all(predicate, [Token(kind=NUMBER, octets=b"42")])
    shown = prove(predicate, secrets, SETTING, setup, keys=KEYS)
    proved = verify(presented(shown, secrets), setups, keys=KEYS)
    assert proved.outputs == (pseudonym(value_hash(INTEGER, 42), "shop"),)
    other = pseudonym(value_hash(INTEGER, 43), "shop").to_bytes(32, "little")
    with refused("zero-knowledge/proof-invalid"):
        verify(presented(changed(shown, outputs=(other,)), secrets), setups, keys=KEYS)


def test_fields_of_two_attestations(setup: Setup, setups: AcceptedSetups) -> None:
    there = field("response", "$.flag", boolean, attestation=1)
    predicate = (field("request", "$.raw", octets).contains("b") & there.is_truth(False)).predicate
    tokens = [Token(kind=NUMBER, octets=b"abc"), Token(kind=LITERAL, octets=b"false")]
    secrets = commit_all(predicate, tokens)
    setting = Setting(header_digests=(HEADER_DIGEST, bytes(32)))
    both = prove(predicate, secrets, setting, setup, keys=KEYS)
    received = read_proof(both)
    assert verify(presented(both, secrets, setting), setups, keys=KEYS).fields[1].attestation == 1
    with refused("predicate/other-attestation"):
        require_one_attestation(received)
    swapped = Setting(header_digests=(bytes(32), HEADER_DIGEST))
    with refused("zero-knowledge/proof-invalid"):
        verify(presented(both, secrets, swapped), setups, keys=KEYS)


def test_a_batch_names_the_proof_that_fails(
    proof: bytes, secrets: list[FieldSecret], setups: AcceptedSetups
) -> None:
    good, moved = presented(proof, secrets), presented(proof, secrets, OTHER)
    with pytest.raises(Refused) as caught:
        verify_many([good, moved, good], setups, keys=KEYS)
    assert caught.value.reason == "zero-knowledge/proof-invalid"
    assert "proof 1" in caught.value.detail


def test_verifying_keys_are_kept_on_disk_and_made_anew_when_damaged(
    proof: bytes, secrets: list[FieldSecret], setups: AcceptedSetups, tmp_path: Path
) -> None:
    first = KeyCache(tmp_path)
    verify(presented(proof, secrets), setups, keys=first)
    (stored,) = tmp_path.glob("*.verifying-key.json")
    kept = stored.read_bytes()
    verify(presented(proof, secrets), setups, keys=KeyCache(tmp_path))
    stored.write_bytes(kept[:-5])
    verify(presented(proof, secrets), setups, keys=KeyCache(tmp_path))
    verify(presented(proof, secrets), setups, keys=KeyCache(tmp_path / "absent"))


def test_types_are_checked_against_leaves(proof: bytes, secrets: list[FieldSecret]) -> None:
    received = read_proof(proof)
    require_field(received, 0, secrets[0].public)
    public: PublicField = dataclasses.replace(secrets[0].public, index=3)
    with refused("zero-knowledge/field-mismatch"):
        require_field(received, 0, public)


def test_statements_differ_in_everything_they_bind() -> None:
    one, two = (commit_all(PREDICATE, [TOKEN])[0].public, committed(TOKEN, index=1).public)
    name = field("response", "$.name", text(9)).starts_with("a").predicate
    elsewhere = dataclasses.replace(BOUND, audience=Audience(audience="v", nonce=bytes(16)))
    later = dataclasses.replace(BOUND, audience=Audience(audience="verifier", nonce=bytes(17)))
    digests = {
        statement_digest(PREDICATE, [one], SETTING),
        statement_digest(PREDICATE, [two], SETTING),
        statement_digest(PREDICATE, [dataclasses.replace(one, attestation=1)], SETTING),
        statement_digest(name, [one], SETTING),
        statement_digest(PREDICATE, [one], OTHER),
        statement_digest(PREDICATE, [one], BOUND),
        statement_digest(PREDICATE, [one], elsewhere),
        statement_digest(PREDICATE, [one], later),
    }
    assert len(digests) == 8
