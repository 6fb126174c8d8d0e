"""The server's identity: names, times, chains and signatures that must not pass (catalogue D1 to D4)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType

import pytest
from Crypto.Hash import SHA1, SHA256
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.artifacts import HandshakeData
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.certificates import (
    KeyExchange,
    default_roots,
    read_roots,
    verify_chain,
    verify_key_exchange_signature,
    verify_server,
)
from tests.servers.authority import (
    TIME,
    VALID_FROM,
    VALID_UNTIL,
    Authority,
    PrivateKey,
    ServerCertificate,
    alternative_names,
    certificate,
    certificate_authority,
    distinguished_name,
    key_usage,
    new_key,
    sign,
)
from tests.unit.tls.scripted_server import CLIENT_RANDOM, ECDSA_SUITE, POINT, RSA_SUITE, SERVER_RANDOM

AUTHORITY = Authority.create()
KEY = new_key("ecdsa")
SERVER = AUTHORITY.issue("ecdsa", ["server.test", "*.pages.test", "192.0.2.7", "2001:db8::7"], key=KEY)
RSA_SERVER = AUTHORITY.issue("rsa", ["server.test"])
KEY_EXCHANGE = KeyExchange(
    cipher_suite=ECDSA_SUITE,
    client_random=CLIENT_RANDOM,
    server_random=SERVER_RANDOM,
    server_ephemeral_key=POINT,
)
SIGNED = CLIENT_RANDOM + SERVER_RANDOM + bytes.fromhex("03001741") + POINT


def der(*certificates: x509.Certificate) -> tuple[bytes, ...]:
    return tuple(each.public_bytes(serialization.Encoding.DER) for each in certificates)


def refused_chain(
    chain: Sequence[bytes],
    *,
    server_name: str = "server.test",
    time: int = TIME,
    roots: Sequence[x509.Certificate] = (AUTHORITY.root,),
) -> str:
    with pytest.raises(Refused) as refusal:
        verify_chain(chain, server_name=server_name, time=time, roots=roots)
    return refusal.value.reason


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


def issue(
    *,
    key: PrivateKey = KEY,
    names: Sequence[str] | None = ("server.test",),
    subject: str = "",
    authority: bool = False,
    usage: x509.KeyUsage | None = None,
    extended: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    valid: tuple[datetime.datetime, datetime.datetime] = (VALID_FROM, VALID_UNTIL),
) -> tuple[bytes, ...]:
    """A chain whose leaf differs from the usual one in one place."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(distinguished_name(subject) if subject else x509.Name([]))
        .issuer_name(AUTHORITY.intermediate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(AUTHORITY.intermediate_key.public_key()),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage or key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([extended]), critical=False)
    )
    if names is not None:
        builder = builder.add_extension(alternative_names(names), critical=not subject)
    leaf = builder.sign(AUTHORITY.intermediate_key, hashes.SHA384())
    return der(leaf, AUTHORITY.intermediate)


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


# --- the signature over the key exchange -------------------------------------------------------------------


def ecdsa_data(content: bytes = SIGNED, *, key: PrivateKey = KEY, scheme: int = 0x0403) -> HandshakeData:
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(content, ec.ECDSA(hashes.SHA256()))
    return HandshakeData(certificates=SERVER.der_chain, signature_algorithm=scheme, signature=signature)


HASHES = {0x04: hashes.SHA256(), 0x05: hashes.SHA384(), 0x06: hashes.SHA512()}


def rsa_data(
    scheme: int, *, salt_length: int | None = None, server: ServerCertificate = RSA_SERVER
) -> HandshakeData:
    key = server.private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    if scheme >> 8 == 0x08:
        digest = HASHES[scheme & 0xFF]
        salt = digest.digest_size if salt_length is None else salt_length
        signature = key.sign(SIGNED, padding.PSS(padding.MGF1(digest), salt), digest)
    else:
        signature = key.sign(SIGNED, padding.PKCS1v15(), HASHES[scheme >> 8])
    return HandshakeData(certificates=server.der_chain, signature_algorithm=scheme, signature=signature)


def refused_signature(handshake_data: HandshakeData, key_exchange: KeyExchange = KEY_EXCHANGE) -> str:
    with pytest.raises(Refused) as refusal:
        verify_key_exchange_signature(handshake_data, key_exchange)
    return refusal.value.reason


RSA_EXCHANGE = replace(KEY_EXCHANGE, cipher_suite=RSA_SUITE)


def test_ecdsa_signature_is_accepted() -> None:
    path = verify_server(
        ecdsa_data(), key_exchange=KEY_EXCHANGE, server_name="server.test", time=TIME, roots=[AUTHORITY.root]
    )
    assert path[0] == SERVER.chain[0]


@pytest.mark.parametrize("scheme", [0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806])
def test_rsa_signatures_are_accepted(scheme: int) -> None:
    verify_key_exchange_signature(rsa_data(scheme), RSA_EXCHANGE)


def flip(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 1]) + octets[1:]


OTHER_POINT = POINT[:33] + bytes.fromhex("b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a")


@pytest.mark.parametrize(
    "key_exchange",
    [
        pytest.param(
            replace(KEY_EXCHANGE, client_random=flip(CLIENT_RANDOM)), id="replayed to another client"
        ),
        pytest.param(replace(KEY_EXCHANGE, server_random=flip(SERVER_RANDOM)), id="other server random"),
        pytest.param(replace(KEY_EXCHANGE, server_ephemeral_key=OTHER_POINT), id="other point"),
        pytest.param(
            replace(
                KEY_EXCHANGE,
                client_random=CLIENT_RANDOM[:-1],
                server_random=CLIENT_RANDOM[-1:] + SERVER_RANDOM,
            ),
            id="same octets, other borders",
        ),
    ],
)
def test_signature_over_another_exchange_is_refused(key_exchange: KeyExchange) -> None:
    assert refused_signature(ecdsa_data(), key_exchange) == "verification/key-exchange-signature-invalid"


def test_signature_by_another_key_is_refused() -> None:
    forged = ecdsa_data(key=new_key("ecdsa"))
    assert refused_signature(forged) == "verification/key-exchange-signature-invalid"


@pytest.mark.parametrize("salt_length", [0, 20, 31, 33])
def test_pss_with_another_salt_length_is_refused(salt_length: int) -> None:
    handshake_data = rsa_data(0x0804, salt_length=salt_length)
    assert refused_signature(handshake_data, RSA_EXCHANGE) == "verification/key-exchange-signature-invalid"


@pytest.mark.parametrize(
    ("made", "claimed"),
    [(0x0804, 0x0401), (0x0401, 0x0804), (0x0401, 0x0501), (0x0805, 0x0804), (0x0601, 0x0806)],
)
def test_signature_of_another_scheme_is_refused(made: int, claimed: int) -> None:
    handshake_data = replace(rsa_data(made), signature_algorithm=claimed)
    assert refused_signature(handshake_data, RSA_EXCHANGE) == "verification/key-exchange-signature-invalid"


@pytest.mark.parametrize(
    "scheme", [0, 0x0101, 0x0201, 0x0203, 0x0503, 0x0603, 0x0807, 0x0809, 0x0804, 0xFFFF]
)
def test_schemes_outside_the_suite_are_refused(scheme: int) -> None:
    assert refused_signature(ecdsa_data(scheme=scheme)) == "verification/unsupported-signature-scheme"


def test_ecdsa_in_an_rsa_suite_and_an_unknown_suite_are_refused() -> None:
    reason = "verification/unsupported-signature-scheme"
    assert refused_signature(ecdsa_data(), RSA_EXCHANGE) == reason
    assert refused_signature(ecdsa_data(), replace(KEY_EXCHANGE, cipher_suite=0x009C)) == reason


def test_key_of_another_kind_than_the_suite_is_refused() -> None:
    reason = "verification/key-exchange-signature-invalid"
    assert refused_signature(replace(ecdsa_data(), certificates=RSA_SERVER.der_chain)) == reason
    assert refused_signature(replace(rsa_data(0x0804), certificates=SERVER.der_chain), RSA_EXCHANGE) == reason


def test_key_on_another_curve_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    chain = issue(key=key)
    signature = key.sign(SIGNED, ec.ECDSA(hashes.SHA256()))
    handshake_data = HandshakeData(certificates=chain, signature_algorithm=0x0403, signature=signature)
    assert refused_signature(handshake_data) == "verification/key-exchange-signature-invalid"


def test_lax_encodings_of_an_ecdsa_signature_are_refused() -> None:
    good = ecdsa_data()
    inner = good.signature[2:]
    variants = (
        good.signature + b"\x00",
        b"\x30\x81" + bytes([len(inner)]) + inner,
        b"\x30" + bytes([len(inner) + 1]) + inner + b"\x00",
        b"\x30\x06\x02\x01\x00\x02\x01\x00",
        b"",
    )
    for signature in variants:
        assert (
            refused_signature(replace(good, signature=signature))
            == "verification/key-exchange-signature-invalid"
        )


def test_a_good_chain_without_a_good_signature_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        verify_server(
            ecdsa_data(b"another content"),
            key_exchange=KEY_EXCHANGE,
            server_name="server.test",
            time=TIME,
            roots=[AUTHORITY.root],
        )
    assert refusal.value.reason == "verification/key-exchange-signature-invalid"


def test_chain_is_judged_before_the_signature() -> None:
    with pytest.raises(Refused) as refusal:
        verify_server(
            replace(ecdsa_data(), signature=b""),
            key_exchange=KEY_EXCHANGE,
            server_name="server.test",
            time=TIME,
            roots=[Authority.create().root],
        )
    assert refusal.value.reason == "verification/certificate-invalid"


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
