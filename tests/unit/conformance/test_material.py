"""What was made or selected once is what it says it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.adapters.specification import Specification
from mpctls.conformance.generation.foundation.published_signatures import verifying_key
from mpctls.conformance.generation.foundation.server_identity import certificate, signature
from mpctls.conformance.generation.published import published
from mpctls.conformance.material import make_published_answers
from mpctls.conformance.material.make_server_identity import client_random, ephemeral_key, server_random
from mpctls.conformance.outcomes import Rejected
from mpctls.spec.identifiers import SignatureAlgorithm

_SIGNED = client_random() + server_random() + bytes.fromhex("03001741") + ephemeral_key()
_DIGESTS: dict[str, HashAlgorithm] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}


def test_the_selection_of_published_answers_is_that_of_its_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = make_published_answers.PLACE.read_text(encoding="ascii")
    monkeypatch.setattr(make_published_answers, "PLACE", tmp_path / "selected.json")
    make_published_answers.main()
    assert json.loads((tmp_path / "selected.json").read_text()) == json.loads(committed)


@pytest.mark.parametrize("at", range(15))
def test_published_signatures_that_do_not_verify_are_refused(at: int) -> None:
    record = published("ecdsa-p256-verified")[at]
    fields = {
        "key": verifying_key(SignatureAlgorithm.ECDSA_P256_SHA256, record).encode(),
        "message": bytes.fromhex(record["Msg"]),
    }
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    r, s = int(record["R"], 16), int(record["S"], 16)
    for each in (s, order - s):
        signed = {**fields, "signature": r.to_bytes(32, "big") + each.to_bytes(32, "big")}
        outcomes = [
            side.run("foundation/verify-signature", signed)
            for side in (Specification(), ReferenceInProcess())
        ]
        refused = isinstance(outcomes[0], Rejected)
        assert outcomes[0] == outcomes[1]
        assert refused is (not record["Result"].startswith("P") or each > order // 2)


@pytest.mark.parametrize("digest", _DIGESTS)
def test_the_signatures_of_the_rsa_server_verify(digest: str) -> None:
    key = x509.load_der_x509_certificate(certificate("rsa")).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048
    algorithm = _DIGESTS[digest]
    key.verify(signature(f"rsa-pkcs1-{digest}"), _SIGNED, padding.PKCS1v15(), algorithm)
    pss = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
    key.verify(signature(f"rsa-pss-{digest}"), _SIGNED, pss, algorithm)


@pytest.mark.parametrize("name", ["ecdsa", "ecdsa-high-s"])
def test_the_signatures_of_the_ecdsa_server_verify(name: str) -> None:
    key = x509.load_der_x509_certificate(certificate("ecdsa")).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature(name), _SIGNED, ec.ECDSA(SHA256()))
