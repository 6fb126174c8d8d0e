"""Makes what vectors of server identity are about, once: certificates, and signatures of key exchanges.

RSA keys and PSS signatures have no seed, so a second run makes other ones; what stands beside this script is what the
vectors were made of. No private key is kept. Run: `python -m mpctls.conformance.material.make_server_identity`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from mpctls.spec.tls.handshake_messages import signed_parameters

from ..generation.labelled import Labelled
from ..properties.certificates import START, YEAR, Issuer, Leaf, intermediate, issue, root, server_key

PLACE = Path(__file__).resolve().parent / "server_identity.json"
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_NAMES = (
    "bank.example",
    "*.wild.example",
    "MiXed.example",
    "xn--bnk-qla.example",
    "r3---sn.example",
    "127.0.0.1",
    "::1",
)
LONGEST_NAME = ".".join(["a" * 62] * 4)[:248] + ".bank"
"""253 octets, as many as a name may have."""
_USUAL = Leaf(names=_NAMES)
_LEAVES = {
    "ecdsa": _USUAL,
    "rsa": replace(_USUAL, key="rsa"),
    "rsa-1024": replace(_USUAL, key="rsa-1024"),
    "p384": replace(_USUAL, key="p384"),
    "without-names": replace(_USUAL, names=(), common_name="bank.example"),
    "common-name-of-others": replace(_USUAL, common_name="other.example"),
    "for-clients": replace(_USUAL, server_authentication=False),
    "may-not-sign": replace(_USUAL, digital_signature=False),
    "may-sign": replace(_USUAL, digital_signature=True),
    "wildcard-of-a-top-level": replace(_USUAL, names=("*.example",)),
    "odd-names": replace(_USUAL, names=(LONGEST_NAME, f"a{LONGEST_NAME}", "bank.1", "bank.0x1", "127.0.0.1")),
    "wildcard-inside": replace(_USUAL, names=("b*.example.org",)),
}


def client_random() -> bytes:
    """The client random of every vector."""
    return Labelled(label="foundation/server_identity").octets(32, "client random")


def server_random() -> bytes:
    """The server random of every vector."""
    return Labelled(label="foundation/server_identity").octets(32, "server random")


def ephemeral_key() -> bytes:
    """65 octets as a point has them; the signature covers them whether they are one or not."""
    return b"\4" + Labelled(label="foundation/server_identity").octets(64, "ephemeral key")


def _signed() -> bytes:
    return signed_parameters(
        client_random=client_random(), server_random=server_random(), server_ephemeral_key=ephemeral_key()
    )


def _under(issuer: Issuer, *, authority: bool = False, names: x509.ExtensionType | None = None) -> bytes:
    """A leaf with the usual key, or an authority with it, under some issuer."""
    key = ec.derive_private_key(7, ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank.example")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(3000)
        .not_valid_before(START)
        .not_valid_after(START + YEAR)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(names or x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    )
    return builder.sign(issuer.key, SHA256()).public_bytes(Encoding.DER)


def _unreadable() -> x509.UnrecognizedExtension:
    """Alternative names that announce more octets than there are."""
    return x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x0e\x82\x0cbank")


def _of_the_leaf() -> Issuer:
    """The leaf itself, which is no authority, as an issuer."""
    key = ec.derive_private_key(7, ec.SECP256R1())
    return Issuer(key=key, certificate=x509.load_der_x509_certificate(_under(intermediate())))


def _expired_intermediate() -> Issuer:
    """The intermediate's key and name in a certificate that ended before the others began."""
    usual = intermediate()
    builder = (
        x509.CertificateBuilder()
        .subject_name(usual.certificate.subject)
        .issuer_name(root().certificate.subject)
        .public_key(usual.key.public_key())
        .serial_number(3001)
        .not_valid_before(START - 2 * YEAR)
        .not_valid_after(START - YEAR)
    )
    for extension in usual.certificate.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return Issuer(key=usual.key, certificate=builder.sign(root().key, SHA256()))


def _ecdsa_signatures() -> dict[str, bytes]:
    key, other_curve = server_key("ecdsa"), server_key("p384")
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(
        other_curve, ec.EllipticCurvePrivateKey
    ):
        raise TypeError("the server's keys are on curves")
    algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)
    usual = key.sign(_signed(), algorithm)
    r, s = decode_dss_signature(usual)
    swapped = signed_parameters(
        client_random=server_random(), server_random=client_random(), server_ephemeral_key=ephemeral_key()
    )
    return {
        "ecdsa": encode_dss_signature(r, min(s, _P256_ORDER - s)),
        "ecdsa-high-s": encode_dss_signature(r, max(s, _P256_ORDER - s)),
        "ecdsa-fixed-width": r.to_bytes(32, "big") + s.to_bytes(32, "big"),
        "ecdsa-sha384": key.sign(_signed(), ec.ECDSA(SHA384(), deterministic_signing=True)),
        "ecdsa-randoms-swapped": key.sign(swapped, algorithm),
        "ecdsa-of-the-key-alone": key.sign(_signed()[64:], algorithm),
        "ecdsa-without-parameters": key.sign(_signed()[:64] + ephemeral_key(), algorithm),
        "p384": other_curve.sign(_signed(), algorithm),
    }


def _rsa_signatures() -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    key = server_key("rsa")
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the server's key is of RSA")
    for digest in (SHA256(), SHA384(), SHA512()):
        for name, pads in (
            ("pkcs1", padding.PKCS1v15()),
            ("pss", padding.PSS(padding.MGF1(digest), digest.digest_size)),
        ):
            made[f"rsa-{name}-{digest.name}"] = key.sign(_signed(), pads, digest)
    short_salt = padding.PSS(padding.MGF1(SHA256()), 20)
    made["rsa-pss-sha256-salt-of-20"] = key.sign(_signed(), short_salt, SHA256())
    other_mask = padding.PSS(padding.MGF1(SHA384()), 32)
    made["rsa-pss-sha256-other-mask"] = key.sign(_signed(), other_mask, SHA256())
    small = server_key("rsa-1024")
    if isinstance(small, rsa.RSAPrivateKey):
        made["rsa-1024-pkcs1-sha256"] = small.sign(_signed(), padding.PKCS1v15(), SHA256())
    return made


def _certificates() -> dict[str, bytes]:
    others: dict[str, Callable[[], bytes]] = {
        "root": lambda: root().der,
        "unknown-root": lambda: root("Unknown").der,
        "intermediate": lambda: intermediate().der,
        "expired-intermediate": lambda: _expired_intermediate().der,
        "ecdsa-under-unknown": lambda: issue(_USUAL, "Unknown"),
        "ecdsa-under-root": lambda: issue(_USUAL, "Root"),
        "under-a-leaf": lambda: _under(_of_the_leaf()),
        "plain-leaf": lambda: _of_the_leaf().der,
        "unreadable-names": lambda: _under(intermediate(), names=_unreadable()),
        "leaf-that-is-an-authority": lambda: _under(intermediate(), authority=True),
    }
    made = {name: issue(leaf, "Intermediate") for name, leaf in _LEAVES.items()}
    return {**made, **{name: make() for name, make in others.items()}}


def main() -> None:
    """Make everything anew, and write it."""
    whole = {
        "certificates": {name: octets.hex() for name, octets in _certificates().items()},
        "signatures": {
            name: octets.hex() for name, octets in {**_ecdsa_signatures(), **_rsa_signatures()}.items()
        },
    }
    PLACE.write_text(json.dumps(whole, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
