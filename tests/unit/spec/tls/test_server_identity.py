"""Server identity: what is accepted, and every way it is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.tls.handshake_messages import HandshakeData, signed_parameters
from mpctls.spec.tls.server_identity import KeyExchange, verify_server_identity, verify_server_name

from .certificates import NOW, SigningKey, authority, make_authority, make_certificate, rsa_key

ECDSA_SUITE, RSA_SUITE = 0xC02B, 0xC02F
EXCHANGE = KeyExchange(
    cipher_suite=ECDSA_SUITE,
    client_random=b"c" * 32,
    server_random=b"s" * 32,
    server_ephemeral_key=b"\x04" + bytes(64),
)
SIGNED = signed_parameters(
    client_random=EXCHANGE.client_random,
    server_random=EXCHANGE.server_random,
    server_ephemeral_key=EXCHANGE.server_ephemeral_key,
)
KEY = ec.generate_private_key(ec.SECP256R1())
YEAR_END = NOW + 366 * 86400


def _ecdsa(key: ec.EllipticCurvePrivateKey = KEY, signed: bytes = SIGNED) -> bytes:
    return key.sign(signed, ec.ECDSA(SHA256()))


def _data(certificate: bytes, algorithm: int = 0x0403, signature: bytes | None = None) -> HandshakeData:
    return HandshakeData(
        certificates=(certificate,),
        signature_algorithm=algorithm,
        signature=_ecdsa() if signature is None else signature,
    )


def _verify(
    data: HandshakeData,
    *,
    name: str = "bank.example",
    exchange: KeyExchange = EXCHANGE,
    roots: tuple[x509.Certificate, ...] | None = None,
    time: int = NOW,
) -> None:
    verify_server_identity(
        server_name=name,
        handshake_data=data,
        key_exchange=exchange,
        roots=(authority().certificate,) if roots is None else roots,
        time=time,
    )


LEAF = make_certificate(KEY, ["bank.example", "*.shop.example"])


def test_an_ecdsa_server_is_accepted() -> None:
    _verify(_data(LEAF))
    _verify(_data(LEAF), name="www.shop.example")


@pytest.mark.parametrize(
    ("algorithm", "digest", "pss"),
    [
        (0x0401, SHA256(), False),
        (0x0501, SHA384(), False),
        (0x0601, SHA512(), False),
        (0x0804, SHA256(), True),
        (0x0805, SHA384(), True),
        (0x0806, SHA512(), True),
    ],
)
def test_an_rsa_server_is_accepted_with_each_scheme(algorithm: int, digest: HashAlgorithm, pss: bool) -> None:
    certificate = make_certificate(rsa_key(), ["bank.example"])
    scheme = padding.PSS(padding.MGF1(digest), digest.digest_size) if pss else padding.PKCS1v15()
    data = _data(certificate, algorithm, rsa_key().sign(SIGNED, scheme, digest))
    _verify(data, exchange=replace(EXCHANGE, cipher_suite=RSA_SUITE))
    with pytest.raises(Rejection) as refused:
        _verify(replace(data, signature=bytes(256)), exchange=replace(EXCHANGE, cipher_suite=RSA_SUITE))
    assert refused.value.reason is Reason.VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID


@pytest.mark.parametrize(
    "name",
    [
        "other.example",
        "example",
        "shop.example",
        "a.b.shop.example",
        "bank.example.",
        "",
        "bank..example",
        "-bank.example",
        "bank.example\0.evil",
        "bank_.example",
        "b\xe4nk.example",
        "Bank.Example",
        "bank.0x1",
        "10.0.0.1",
        "010.0.0.1",
        "0::1",
        "fe80::1%eth0",
        "*.shop.example",
        "a" * 64 + ".shop.example",
        ".".join(["a" * 60] * 5),
    ],
)
def test_other_names_are_refused_before_the_chain(name: str) -> None:
    with pytest.raises(Rejection) as refused:
        _verify(_data(LEAF), name=name, roots=())
    assert refused.value.reason is Reason.VERIFICATION_SERVER_NAME_MISMATCH


def test_only_subject_alternative_names_count() -> None:
    certificate = make_certificate(KEY, None, common_name="bank.example")
    with pytest.raises(Rejection) as refused:
        verify_server_name("bank.example", x509.load_der_x509_certificate(certificate))
    assert refused.value.reason is Reason.VERIFICATION_SERVER_NAME_MISMATCH


def test_a_wildcard_does_not_stand_for_a_whole_domain() -> None:
    certificate = x509.load_der_x509_certificate(make_certificate(KEY, ["*.example"]))
    with pytest.raises(Rejection):
        verify_server_name("bank.example", certificate)


@pytest.mark.parametrize(
    ("certificate", "time"),
    [
        (LEAF, YEAR_END),
        (LEAF, 0),
        (LEAF, 2**64 - 1),
        (make_certificate(KEY, ["bank.example"], issuer=make_authority("Root")), NOW),
        (make_certificate(KEY, ["bank.example"], usage=ExtendedKeyUsageOID.CLIENT_AUTH), NOW),
        (LEAF[:-1], NOW),
        (b"not DER", NOW),
    ],
)
def test_other_chains_are_refused(certificate: bytes, time: int) -> None:
    with pytest.raises(Rejection) as refused:
        _verify(_data(certificate), time=time)
    assert refused.value.reason is Reason.VERIFICATION_CERTIFICATE_INVALID


def test_an_address_and_hyphens_anywhere_inside_a_label_are_names() -> None:
    for name in ("10.0.0.1", "::1", "r3---sn.example", "xn--bnk-qla.example"):
        _verify(_data(make_certificate(KEY, [name])), name=name)


@pytest.mark.parametrize("usable", [False, True])
def test_the_leafs_own_key_is_long_and_may_sign(usable: bool) -> None:
    key = rsa.generate_private_key(65537, 2048 if usable else 1024)
    data = replace(_data(make_certificate(key, ["bank.example"])), signature_algorithm=0)
    with pytest.raises(Rejection) as refused:
        _verify(data)
    later = Reason.VERIFICATION_UNSUPPORTED_SIGNATURE_SCHEME
    assert refused.value.reason is (later if usable else Reason.VERIFICATION_CERTIFICATE_INVALID)


def test_checks_come_in_the_order_of_the_page() -> None:
    """A malformed name before the certificates, all certificates before the names of the leaf."""
    broken = HandshakeData(certificates=(b"not DER",), signature_algorithm=0, signature=b"")
    followed_by_broken = HandshakeData(certificates=(LEAF, b"not DER"), signature_algorithm=0, signature=b"")
    for data, name, reason in (
        (broken, "bank_.example", Reason.VERIFICATION_SERVER_NAME_MISMATCH),
        (broken, "bank.example", Reason.VERIFICATION_CERTIFICATE_INVALID),
        (followed_by_broken, "other.example", Reason.VERIFICATION_CERTIFICATE_INVALID),
        (followed_by_broken, "bank.example", Reason.VERIFICATION_CERTIFICATE_INVALID),
    ):
        with pytest.raises(Rejection) as refused:
            _verify(data, name=name)
        assert refused.value.reason is reason


UNUSED_BITS = LEAF.rindex(x509.load_der_x509_certificate(LEAF).signature) - 1
"""Where the signature's bit string says how many bits of its last octet do not count: when the last bit is zero,
readers take a 1 there for the same signature.
"""


@given(st.integers(0, len(LEAF) - 1).filter(lambda position: position != UNUSED_BITS), st.integers(1, 255))
def test_a_changed_certificate_is_refused(position: int, difference: int) -> None:
    changed = bytearray(LEAF)
    changed[position] ^= difference
    with pytest.raises(Rejection):
        _verify(_data(bytes(changed)))


def test_without_roots_nothing_is_trusted() -> None:
    with pytest.raises(Rejection) as refused:
        _verify(_data(LEAF), roots=())
    assert refused.value.reason is Reason.VERIFICATION_CERTIFICATE_INVALID


@pytest.mark.parametrize(
    ("suite", "algorithm"),
    [
        (ECDSA_SUITE, 0x0203),  # ecdsa_sha1
        (ECDSA_SUITE, 0x0201),  # rsa_pkcs1_sha1
        (ECDSA_SUITE, 0x0503),  # ecdsa_secp384r1_sha384
        (ECDSA_SUITE, 0x0401),  # RSA in an ECDSA suite
        (ECDSA_SUITE, 0x0804),
        (RSA_SUITE, 0x0403),  # ECDSA in an RSA suite
        (0x009C, 0x0401),
    ],
)
def test_other_schemes_are_refused(suite: int, algorithm: int) -> None:
    with pytest.raises(Rejection) as refused:
        _verify(_data(LEAF, algorithm), exchange=replace(EXCHANGE, cipher_suite=suite))
    assert refused.value.reason is Reason.VERIFICATION_UNSUPPORTED_SIGNATURE_SCHEME


OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    ("key", "signature", "changes"),
    [
        (KEY, _ecdsa(), {"client_random": b"d" * 32}),
        (KEY, _ecdsa(), {"server_random": b"d" * 32}),
        (KEY, _ecdsa(), {"server_ephemeral_key": b"\x04" + b"\1" * 64}),
        (KEY, _ecdsa(ec.generate_private_key(ec.SECP256R1())), {}),
        (KEY, KEY.sign(SIGNED, ec.ECDSA(SHA1())), {}),
        (KEY, b"", {}),
        (KEY, _ecdsa() + b"\0", {}),
        (OTHER_CURVE, _ecdsa(OTHER_CURVE), {}),
        (rsa_key(), rsa_key().sign(SIGNED, padding.PKCS1v15(), SHA256()), {}),
    ],
    # Fresh signatures make no names: every test process must find the same tests.
    ids=[
        "other-client-random",
        "other-server-random",
        "other-ephemeral-key",
        "other-key",
        "sha-1",
        "empty",
        "trailing-octet",
        "other-curve",
        "rsa-in-place-of-ecdsa",
    ],
)
def test_other_signatures_are_refused(key: SigningKey, signature: bytes, changes: dict[str, bytes]) -> None:
    certificate = make_certificate(key, ["bank.example"])
    exchange = replace(
        EXCHANGE,
        client_random=changes.get("client_random", EXCHANGE.client_random),
        server_random=changes.get("server_random", EXCHANGE.server_random),
        server_ephemeral_key=changes.get("server_ephemeral_key", EXCHANGE.server_ephemeral_key),
    )
    with pytest.raises(Rejection) as refused:
        _verify(_data(certificate, signature=signature), exchange=exchange)
    assert refused.value.reason is Reason.VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID


def test_an_ecdsa_key_does_not_make_rsa_signatures() -> None:
    with pytest.raises(Rejection) as refused:
        _verify(_data(LEAF, 0x0401), exchange=replace(EXCHANGE, cipher_suite=RSA_SUITE))
    assert refused.value.reason is Reason.VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID
