"""The server's identity: names, times and chains that must not pass (catalogue D1 to D4)."""

from __future__ import annotations

import datetime
from dataclasses import replace
from types import ModuleType

import pytest
from Crypto.Hash import SHA1, SHA256
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.certificates import (
    default_roots,
    read_roots,
    verify_chain,
)
from tests.servers.authority import (
    TIME,
    Authority,
    alternative_names,
    certificate,
    certificate_authority,
    distinguished_name,
    key_usage,
    sign,
)
from tests.unit.tls.identities import (
    AUTHORITY,
    KEY,
    SERVER,
    der,
    ecdsa_data,
    issue,
    refused_chain,
    refused_signature,
)


@pytest.mark.parametrize(
    "name", ["server.test", "any.pages.test", "xn--mnchen-3ya.pages.test", "192.0.2.7", "2001:db8::7"]
)
def test_names_of_the_certificate_are_accepted(name: str) -> None:
    path = verify_chain(SERVER.der_chain, server_name=name, time=TIME, roots=[AUTHORITY.root])
    assert path == (*SERVER.chain, AUTHORITY.root)


@pytest.mark.parametrize(
    "name",
    [
        "other.test",
        "test",
        "a.server.test",
        "pages.test",
        "a.b.pages.test",
        "*.pages.test",
        "Server.test",
        "server.test.",
        "server.test\x00.evil.test",
        "münchen.pages.test",
        "192.0.2.8",
        "2001:db8::8",
        "2001:DB8::7",
        "::ffff:192.0.2.7",
        "",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    assert refused_chain(SERVER.der_chain, server_name=name) == "verification/server-name-mismatch"


def test_the_builder_of_bad_leaves_makes_a_good_one() -> None:
    verify_chain(issue(), server_name="server.test", time=TIME, roots=[AUTHORITY.root])


def test_common_name_is_not_a_name() -> None:
    assert refused_chain(issue(names=None, subject="server.test")) == "verification/server-name-mismatch"
    chain = issue(names=["other.test"], subject="server.test")
    assert refused_chain(chain) == "verification/server-name-mismatch"


def test_name_of_the_certificate_with_a_nul_is_no_prefix_match() -> None:
    chain = issue(names=["server.test\x00.evil.test"])
    assert refused_chain(chain) == "verification/server-name-mismatch"


@pytest.mark.parametrize("pattern", ["*", "*.test.", "s*.test", "*.*.test", "server.*"])
def test_partial_and_foreign_wildcards_match_nothing(pattern: str) -> None:
    assert refused_chain(issue(names=[pattern])) == "verification/server-name-mismatch"


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param(issue(extended=ExtendedKeyUsageOID.CLIENT_AUTH), id="client authentication"),
        pytest.param(issue(authority=True, usage=key_usage(key_cert_sign=True)), id="an authority as server"),
        pytest.param(issue(usage=key_usage()), id="key encipherment alone"),
        pytest.param(issue(key=rsa.generate_private_key(65537, 1024)), id="RSA of 1024 bits"),
    ],
)
def test_unfit_server_certificates_are_refused(chain: tuple[bytes, ...]) -> None:
    assert refused_chain(chain) == "verification/certificate-invalid"


def test_validity_is_judged_at_the_given_time() -> None:
    year = (
        datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        datetime.datetime(2024, 12, 31, tzinfo=datetime.UTC),
    )
    chain = issue(valid=year)
    inside = int(datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC).timestamp())
    verify_chain(chain, server_name="server.test", time=inside, roots=[AUTHORITY.root])
    for moment in (int(year[0].timestamp()) - 1, int(year[1].timestamp()) + 1, 0, -1, 1 << 62):
        assert refused_chain(chain, time=moment) == "verification/certificate-invalid"


def test_unknown_root_and_missing_intermediate() -> None:
    assert (
        refused_chain(SERVER.der_chain, roots=[Authority.create().root]) == "verification/certificate-invalid"
    )
    assert refused_chain(SERVER.der_chain, roots=[]) == "verification/certificate-invalid"
    assert refused_chain(SERVER.der_chain[:1]) == "verification/certificate-invalid"


def test_intermediates_may_stand_in_any_order() -> None:
    leaf, intermediate = SERVER.der_chain
    root = der(AUTHORITY.root)[0]
    verify_chain([leaf, root, intermediate], server_name="server.test", time=TIME, roots=[AUTHORITY.root])
    assert refused_chain([intermediate, leaf]) == "verification/server-name-mismatch"


def under(
    issuer_key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate,
    chain_above: tuple[x509.Certificate, ...],
) -> tuple[bytes, ...]:
    """A good leaf for server.test under an issuer of the test's making."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = Authority(
        root=AUTHORITY.root, intermediate=issuer, root_key=AUTHORITY.root_key, intermediate_key=issuer_key
    )
    leaf = sign(authority.server_builder(key, ["server.test"]), issuer_key)
    return der(leaf, issuer, *chain_above)


def test_intermediate_that_is_no_authority() -> None:
    """A server certificate signs another: the mistake of CVE-2002-0862."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = sign(AUTHORITY.server_builder(key, ["mine.test"]), AUTHORITY.intermediate_key)
    assert refused_chain(under(key, issuer, (AUTHORITY.intermediate,))) == "verification/certificate-invalid"


def test_path_length_of_an_intermediate() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = certificate_authority(
        subject=distinguished_name("One too many"),
        issuer=AUTHORITY.intermediate.subject,
        key=key,
        issuer_key=AUTHORITY.intermediate_key,
        path_length=None,
    )
    issuer = sign(builder, AUTHORITY.intermediate_key)
    assert refused_chain(under(key, issuer, (AUTHORITY.intermediate,))) == "verification/certificate-invalid"


@pytest.mark.parametrize(("permitted", "accepted"), [("server.test", True), ("other.test", False)])
def test_name_constraints_of_an_intermediate(permitted: str, accepted: bool) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = certificate_authority(
        subject=distinguished_name("Constrained"),
        issuer=AUTHORITY.root.subject,
        key=key,
        issuer_key=AUTHORITY.root_key,
        path_length=0,
    ).add_extension(
        x509.NameConstraints(permitted_subtrees=[x509.DNSName(permitted)], excluded_subtrees=None),
        critical=True,
    )
    chain = under(key, sign(builder, AUTHORITY.root_key), ())
    if accepted:
        verify_chain(chain, server_name="server.test", time=TIME, roots=[AUTHORITY.root])
    else:
        assert refused_chain(chain) == "verification/certificate-invalid"


@pytest.mark.parametrize(("digest", "accepted"), [(SHA256, True), (SHA1, False)])
def test_certificate_signed_with_sha1_is_refused(digest: ModuleType, accepted: bool) -> None:
    """The library signs no such certificate, so one with SHA-256 and RSA gets the other algorithm by hand."""
    key = rsa.generate_private_key(65537, 2048)
    builder = certificate_authority(
        subject=distinguished_name("RSA authority"),
        issuer=AUTHORITY.root.subject,
        key=key,
        issuer_key=AUTHORITY.root_key,
        path_length=0,
    )
    issuer = sign(builder, AUTHORITY.root_key)
    leaf = (
        certificate(subject=x509.Name([]), issuer=issuer.subject, key=KEY, issuer_key=key)
        .add_extension(alternative_names(["server.test"]), critical=True)
        .sign(key, hashes.SHA256())
    )
    with_sha256, with_sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    octets, content = der(leaf)[0], leaf.tbs_certificate_bytes
    if digest is SHA1:
        octets, content = octets.replace(with_sha256, with_sha1), content.replace(with_sha256, with_sha1)
    numbers = key.private_numbers()
    signer = pkcs1_15.new(RSA.construct((numbers.public_numbers.n, 65537, numbers.d)))
    chain = (octets[:-256] + signer.sign(digest.new(content)), *der(issuer))
    if accepted:
        verify_chain(chain, server_name="server.test", time=TIME, roots=[AUTHORITY.root])
    else:
        assert refused_chain(chain) == "verification/certificate-invalid"


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param((), id="empty"),
        pytest.param((b"",), id="no octets"),
        pytest.param((b"\x30\x03\x02\x01\x01",), id="no certificate"),
        pytest.param((SERVER.der_chain[0] + b"\x00", SERVER.der_chain[1]), id="trailing octet"),
        pytest.param((SERVER.der_chain[0], SERVER.der_chain[1][:-1]), id="truncated intermediate"),
        pytest.param((*SERVER.der_chain, *SERVER.der_chain * 8), id="too many"),
    ],
)
def test_chains_that_cannot_be_read_are_refused(chain: tuple[bytes, ...]) -> None:
    assert refused_chain(chain) == "verification/certificate-invalid"


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length and content in DER, for lengths of two octets."""
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def with_unknown_curve() -> tuple[bytes, ...]:
    """A chain in order whose leaf carries a key on a curve that no one knows."""
    leaf = SERVER.chain[0]
    known, unknown = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d030177")
    content = leaf.tbs_certificate_bytes.replace(known, unknown)
    signature = AUTHORITY.intermediate_key.sign(content, ec.ECDSA(hashes.SHA384()))
    ecdsa_with_sha384 = bytes.fromhex("300a06082a8648ce3d040303")
    bit_string = b"\x03" + bytes([len(signature) + 1]) + b"\x00" + signature
    return (tlv(0x30, content + ecdsa_with_sha384 + bit_string), SERVER.der_chain[1])


def test_key_that_cannot_be_read_is_refused() -> None:
    chain = with_unknown_curve()
    assert refused_chain(chain) == "verification/certificate-invalid"
    handshake_data = replace(ecdsa_data(), certificates=chain)
    assert refused_signature(handshake_data) == "verification/certificate-invalid"


@given(st.data())
def test_a_mutated_leaf_is_never_accepted(data: st.DataObject) -> None:
    leaf = bytearray(SERVER.der_chain[0])
    position = data.draw(st.integers(min_value=0, max_value=len(leaf) - 1))
    leaf[position] ^= data.draw(st.integers(min_value=1, max_value=255))
    reason = refused_chain([bytes(leaf), SERVER.der_chain[1]])
    assert reason in ("verification/certificate-invalid", "verification/server-name-mismatch")


# --- roots --------------------------------------------------------------------------------------------------


def test_roots_from_pem() -> None:
    assert read_roots(AUTHORITY.root_pem) == (AUTHORITY.root,)
    for pem in (b"", b"no certificate", AUTHORITY.root_pem.replace(b"MII", b"!!!")):
        with pytest.raises(Refused) as refusal:
            read_roots(pem)
        assert refusal.value.reason == "tls/roots-malformed"


def test_default_roots_do_not_trust_the_throw_away_authority() -> None:
    assert len(default_roots()) > 50
    assert refused_chain(SERVER.der_chain, roots=default_roots()) == "verification/certificate-invalid"


def test_helpers_build_what_they_say() -> None:
    """The bad chains above are refused for their one fault: the shared builder is accepted with none."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = distinguished_name("Fine")
    builder = certificate_authority(
        subject=subject,
        issuer=AUTHORITY.root.subject,
        key=key,
        issuer_key=AUTHORITY.root_key,
        path_length=0,
    )
    chain = under(key, sign(builder, AUTHORITY.root_key), ())
    verify_chain(chain, server_name="server.test", time=TIME, roots=[AUTHORITY.root])
    assert certificate(subject=subject, issuer=subject, key=key, issuer_key=key) is not None
