"""Names, chains and signatures of Servers, each with one fault; certificates and signatures were made once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import Fields, listed, number
from ...material.make_server_identity import LONGEST_NAME
from ...operations.form import Feature
from ...properties.certificates import NOW, START, YEAR
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector

_STEP = "foundation/server_identity"
_OPERATION = "foundation/verify-server"
_MATERIAL = Path(__file__).resolve().parents[2] / "material" / "server_identity.json"
_STREAM = Labelled(label="foundation/server_identity")
_NAME, _CERTIFICATE = "verification/server-name-mismatch", "verification/certificate-invalid"
_SCHEME = "verification/unsupported-signature-scheme"
_SIGNATURE = "verification/key-exchange-signature-invalid"
_ECDSA_SUITE, _RSA_SUITE = 0xC02B, 0xC02F
_DAY = 86400
"""Families have honest vectors of different times, so that none stands twice."""
_BEGIN, _END = int(START.timestamp()), int((START + YEAR).timestamp())


@cache
def _material() -> Mapping[str, Mapping[str, str]]:
    read: Any = json.loads(_MATERIAL.read_text(encoding="ascii"))
    found: Mapping[str, Mapping[str, str]] = read
    return found


def certificate(name: str) -> bytes:
    """A certificate of the material, in DER."""
    return bytes.fromhex(_material()["certificates"][name])


def signature(name: str) -> bytes:
    """A signature of the material, over the randoms and the ephemeral key of all vectors."""
    return bytes.fromhex(_material()["signatures"][name])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """What is verified; honest as it stands."""

    chain: Sequence[bytes]
    scheme: int = 0x0403
    signature: bytes
    suite: int = _ECDSA_SUITE
    client_random: bytes = _STREAM.octets(32, "client random")
    server_random: bytes = _STREAM.octets(32, "server random")
    ephemeral_key: bytes = b"\4" + _STREAM.octets(64, "ephemeral key")
    name: str = "bank.example"
    time: int = NOW
    roots: Sequence[bytes]

    def fields(self) -> Fields:
        data = HandshakeData(
            certificates=tuple(self.chain), signature_algorithm=self.scheme, signature=self.signature
        )
        return {
            "handshake data": data.encode(),
            "suite": number(self.suite),
            "client random": self.client_random,
            "server random": self.server_random,
            "ephemeral key": self.ephemeral_key,
            "name": self.name.encode(),
            "time": number(self.time),
            "roots": listed(self.roots),
        }


def _chain(leaf: str, issuer: str = "intermediate") -> tuple[bytes, ...]:
    return certificate(leaf), certificate(issuer)


def _ecdsa() -> _Server:
    return _Server(chain=_chain("ecdsa"), signature=signature("ecdsa"), roots=(certificate("root"),))


def _rsa() -> _Server:
    return replace(
        _ecdsa(),
        chain=_chain("rsa"),
        scheme=0x0804,
        signature=signature("rsa-pss-sha256"),
        suite=_RSA_SUITE,
    )


def _accepted(name: str, comment: str, server: _Server) -> Vector:
    return Vector(
        name=name,
        operation=_OPERATION,
        comment=comment,
        input=server.fields(),
        features=(Feature.SERVER_IDENTITY,),
        importance=Importance.CRITICAL,
    )


def _refused(
    name: str,
    comment: str,
    server: _Server,
    reason: str,
    kind: MutationKind,
    field: str,
    base: str = "honest",
) -> Vector:
    return Vector(
        name=name,
        operation=_OPERATION,
        comment=comment,
        input=server.fields(),
        expects=reason,
        base=base,
        mutation=Mutation(kind=kind, field=field, detail=comment),
        features=(Feature.SERVER_IDENTITY,),
        importance=Importance.CRITICAL,
    )


_NAMES = (
    ("wildcard", "a.wild.example", "One label in the place of the wildcard."),
    ("other-case-in-the-certificate", "mixed.example", "The certificate's name is compared without case."),
    ("punycode", "xn--bnk-qla.example", "An internationalised name in its ASCII form."),
    ("hyphens-inside", "r3---sn.example", "Hyphens in the third and fourth place, without being punycode."),
    ("address-of-four", "127.0.0.1", "An address of the certificate."),
    ("address-of-six", "::1", "An address in its canonical text."),
)
_OTHER_NAMES = (
    ("empty", "", "no name"),
    ("dot", ".", "a dot alone"),
    ("upper-case", "BANK.example", "upper case: names are given in lower case"),
    ("final-dot", "bank.example.", "a dot at the end is another spelling"),
    ("leading-dot", ".bank.example", "an empty first label"),
    ("empty-label", "bank..example", "an empty label"),
    ("leading-hyphen", "-bank.example", "a label begins with a hyphen"),
    ("trailing-hyphen", "bank-.example", "a label ends with a hyphen"),
    ("underscore", "ba_nk.example", "an underscore"),
    ("space", "bank .example", "a space"),
    ("nul", "bank.example\0.other.example", "a zero octet after the right name"),
    ("line-feed", "bank.example\n", "a line feed after the right name"),
    ("not-ascii", "bänk.example", "the Unicode form of a name is not mapped"),
    ("fullwidth-dot", "bank。example", "an ideographic full stop is no dot"),
    ("number-last", "bank.1", "the last label is a number, as in an address"),
    ("hexadecimal-last", "bank.0x1", "the last label is a hexadecimal number"),
    ("label-of-64", "a" * 64 + ".example", "a label of 64 octets"),
    ("too-long", ".".join(["a" * 49] * 5) + ".exam", "254 octets"),
    ("wildcard-as-a-name", "*.wild.example", "a wildcard is no name"),
    ("address-with-zeros", "127.0.0.01", "another spelling of an address"),
    ("address-short", "127.1", "two numbers"),
    ("address-of-six-long", "0:0:0:0:0:0:0:1", "another spelling of an address"),
    ("address-of-six-zone", "fe80::1%1", "an address with a zone"),
    ("address-mapped", "::ffff:127.0.0.1", "an address of four inside one of six"),
    ("address-bracketed", "[::1]", "brackets belong to a URI"),
    ("other", "other.example", "a name that the certificate does not have"),
    ("above", "example", "the parent of a name"),
    ("below", "www.bank.example", "a child of a name"),
    ("two-labels-for-a-wildcard", "a.b.wild.example", "a wildcard stands for one label"),
    ("no-label-for-a-wildcard", "wild.example", "a wildcard stands for one label, not none"),
    ("other-address", "127.0.0.2", "an address that the certificate does not have"),
    ("with-a-port", "bank.example:443", "a port is no part of a name"),
)


def _names() -> Iterator[Vector]:
    honest = _ecdsa()
    yield _accepted("honest", "A name of the certificate.", honest)
    for name, server_name, comment in _NAMES:
        yield _accepted(name, comment, replace(honest, name=server_name))
    for name, server_name, detail in _OTHER_NAMES:
        yield _refused(
            name,
            f"The name: {detail}.",
            replace(honest, name=server_name),
            _NAME,
            MutationKind.REPLACE,
            "name",
        )
    odd = replace(honest, chain=_chain("odd-names"))
    yield _accepted(
        "longest", "A name of 253 octets, as many as a name may have.", replace(odd, name=LONGEST_NAME)
    )
    for name, server_name, comment in (
        ("covered-and-too-long", f"a{LONGEST_NAME}", "254 octets, though the certificate covers them."),
        ("covered-number", "bank.1", "A number as the last label, though the certificate covers it."),
        (
            "covered-hexadecimal",
            "bank.0x1",
            "A hexadecimal number as the last label, though the certificate covers it.",
        ),
    ):
        server = replace(odd, name=server_name)
        yield _refused(name, comment, server, _NAME, MutationKind.REPLACE, "name", "longest")
    for name, leaf, server_name, comment in (
        ("common-name", "without-names", "bank.example", "The subject's common name counts for nothing."),
        (
            "wildcard-of-a-top-level",
            "wildcard-of-a-top-level",
            "bank.example",
            "A wildcard below the root of names.",
        ),
        ("wildcard-inside-a-label", "wildcard-inside", "bank.example.org", "A wildcard is a whole label."),
        (
            "common-name-beside-names",
            "common-name-of-others",
            "other.example",
            "A common name beside other names.",
        ),
    ):
        server = replace(honest, chain=_chain(leaf), name=server_name)
        yield _refused(name, comment, server, _NAME, MutationKind.REPLACE, "handshake_data.certificates.0")


def _chains() -> Iterator[Vector]:
    honest = replace(_ecdsa(), time=NOW + _DAY)
    leaf, between = honest.chain
    root = certificate("root")
    yield _accepted("honest", "A leaf, its issuer, and a trusted root that is not sent.", honest)
    for name, comment, server in (
        ("root-sent-along", "The root after the intermediate.", replace(honest, chain=(leaf, between, root))),
        ("other-order", "Issuers in another order than that of the chain.",
         replace(honest, chain=(leaf, root, between))),
        ("unrelated-certificate", "A certificate that no chain needs.",
         replace(honest, chain=(leaf, between, certificate("unknown-root")))),
        ("directly-under-the-root", "A leaf whose issuer is trusted.",
         replace(honest, chain=(certificate("ecdsa-under-root"),))),
        ("two-roots", "The second of two trusted roots.", replace(honest, roots=(certificate("unknown-root"), root))),
        ("may-sign", "A key usage with digital signature.", replace(honest, chain=_chain("may-sign"))),
        ("first-second", "The first second of the leaf's validity.", replace(honest, time=_BEGIN)),
        ("last-second", "The last second of the leaf's validity.", replace(honest, time=_END)),
        ("rsa", "An RSA key of 2048 bits.", _rsa()),
    ):  # fmt: skip
        yield _accepted(name, comment, server)
    replaced, removed, certificates = MutationKind.REPLACE, MutationKind.REMOVE, "handshake_data.certificates"
    rsa_1024 = replace(
        _rsa(), chain=_chain("rsa-1024"), scheme=0x0401, signature=signature("rsa-1024-pkcs1-sha256")
    )
    for name, comment, kind, field, server in (
        ("second-before", "One second before the leaf is valid.", replaced, "time", replace(honest, time=_BEGIN - 1)),
        ("second-after", "One second after the leaf was valid.", replaced, "time", replace(honest, time=_END + 1)),
        ("time-zero", "The beginning of 1970.", MutationKind.ZERO, "time", replace(honest, time=0)),
        ("time-in-the-year-10000", "The first second that certificates cannot name.", replaced, "time",
         replace(honest, time=253402300800)),
        ("time-maximum", "2^64 - 1.", MutationKind.MAXIMUM, "time", replace(honest, time=2**64 - 1)),
        ("no-roots", "Nobody is trusted.", removed, "roots", replace(honest, roots=())),
        ("other-root", "Another root is trusted.", replaced, "roots",
         replace(honest, roots=(certificate("unknown-root"),))),
        ("no-intermediate", "The leaf alone, whose issuer is not trusted.", removed, certificates,
         replace(honest, chain=(leaf,))),
        ("unknown-root-sent-along", "A root that is sent is not trusted for that.", replaced, certificates,
         replace(honest, chain=(certificate("ecdsa-under-unknown"), certificate("unknown-root")))),
        ("expired-intermediate", "The issuer was valid before, not at the time.", replaced, f"{certificates}.1",
         replace(honest, chain=_chain("ecdsa", "expired-intermediate"))),
        ("leaf-as-issuer", "A leaf that is no authority has issued another.", MutationKind.INSERT, certificates,
         replace(honest, chain=(certificate("under-a-leaf"), certificate("plain-leaf"), between))),
        ("for-clients", "A certificate for clients.", replaced, f"{certificates}.0",
         replace(honest, chain=_chain("for-clients"))),
        ("may-not-sign", "A key usage without digital signature.", replaced, f"{certificates}.0",
         replace(honest, chain=_chain("may-not-sign"))),
        ("rsa-of-1024-bits", "An RSA key below 2048 bits.", replaced, f"{certificates}.0", rsa_1024),
        ("leaf-empty", "The leaf has no octets.", removed, f"{certificates}.0", replace(honest, chain=(b"", between))),
        ("leaf-is-an-empty-sequence", "The leaf is no certificate.", replaced, f"{certificates}.0",
         replace(honest, chain=(b"\x30\0", between))),
        ("leaf-truncated", "The leaf's last octet is missing.", MutationKind.TRUNCATE, f"{certificates}.0",
         replace(honest, chain=(leaf[:-1], between))),
        ("leaf-extended", "An octet follows the leaf.", MutationKind.EXTEND, f"{certificates}.0",
         replace(honest, chain=(leaf + b"\0", between))),
        ("names-unreadable", "The alternative names announce more octets than there are.", MutationKind.TRUNCATE,
         f"{certificates}.0", replace(honest, chain=_chain("unreadable-names"))),
        ("leaf-that-is-an-authority", "A leaf that may issue others.", replaced, f"{certificates}.0",
         replace(honest, chain=_chain("leaf-that-is-an-authority"))),
        ("leaf-signature-flipped", "The signature of the leaf's issuer differs in its last bit.", MutationKind.FLIP,
         f"{certificates}.0", replace(honest, chain=(_flipped(leaf, -1), between))),
        ("intermediate-empty", "The intermediate has no octets.", removed, f"{certificates}.1",
         replace(honest, chain=(leaf, b""))),
        ("intermediate-truncated", "The intermediate's last octet is missing.", MutationKind.TRUNCATE,
         f"{certificates}.1", replace(honest, chain=(leaf, between[:-1]))),
        ("unrelated-is-no-certificate", "A certificate that no chain needs, and that cannot be read.",
         MutationKind.INSERT, certificates, replace(honest, chain=(leaf, between, b"\x30\0"))),
        ("unreadable-before-other-name", "A certificate that cannot be read, and a name that no certificate has.",
         replaced, f"{certificates}.1", replace(honest, chain=(leaf, b"\x30\0"), name="other.example")),
    ):  # fmt: skip
        yield _refused(name, comment, server, _CERTIFICATE, kind, field)


def _flipped(octets: bytes, at: int) -> bytes:
    changed = bytearray(octets)
    changed[at] ^= 1
    return bytes(changed)


_RSA_SCHEMES = (
    ("rsa-pkcs1-sha256", 0x0401),
    ("rsa-pkcs1-sha384", 0x0501),
    ("rsa-pkcs1-sha512", 0x0601),
    ("rsa-pss-sha256", 0x0804),
    ("rsa-pss-sha384", 0x0805),
    ("rsa-pss-sha512", 0x0806),
)


def _signatures() -> Iterator[Vector]:
    honest, rsa = replace(_ecdsa(), time=NOW + 2 * _DAY), replace(_rsa(), time=NOW + 2 * _DAY)
    yield _accepted("honest", "ECDSA on P-256 with SHA-256.", honest)
    yield _accepted(
        "high-s",
        "A Server's ECDSA signature may have s above n/2: TLS does not ask for the smaller one.",
        replace(honest, signature=signature("ecdsa-high-s")),
    )
    for name, scheme in _RSA_SCHEMES:
        server = replace(rsa, scheme=scheme, signature=signature(name))
        yield _accepted(name, f"RSA, scheme {scheme:#06x}.", server)
    field = "handshake_data.signature"
    usual = honest.signature
    flip, replaced = MutationKind.FLIP, MutationKind.REPLACE
    for name, comment, kind, where, server in (
        ("flipped", "One bit of the signature differs.", flip, field, replace(honest, signature=_flipped(usual, 20))),
        ("empty", "A signature of no octets.", MutationKind.REMOVE, field, replace(honest, signature=b"")),
        ("truncated", "The last octet is missing.", MutationKind.TRUNCATE, field,
         replace(honest, signature=usual[:-1])),
        ("extended", "An octet follows.", MutationKind.EXTEND, field, replace(honest, signature=usual + b"\0")),
        ("fixed-width", "r and s in 64 octets, which is the form of attestations.", replaced, field,
         replace(honest, signature=signature("ecdsa-fixed-width"))),
        ("other-digest", "The right key over SHA-384, under the scheme of SHA-256.", replaced, field,
         replace(honest, signature=signature("ecdsa-sha384"))),
        ("randoms-swapped", "Signed was the server random first.", MutationKind.SWAP, field,
         replace(honest, signature=signature("ecdsa-randoms-swapped"))),
        ("key-alone", "Signed was the ephemeral key without the randoms: it would fit every session.", replaced, field,
         replace(honest, signature=signature("ecdsa-of-the-key-alone"))),
        ("without-parameters", "Signed were randoms and key, without curve and length.", replaced, field,
         replace(honest, signature=signature("ecdsa-without-parameters"))),
        ("client-random", "One bit of the client random differs.", flip, "client_random",
         replace(honest, client_random=_flipped(honest.client_random, 0))),
        ("server-random", "One bit of the server random differs.", flip, "server_random",
         replace(honest, server_random=_flipped(honest.server_random, 31))),
        ("randoms-exchanged", "Client and server random have changed places.", MutationKind.SWAP, "client_random",
         replace(honest, client_random=honest.server_random, server_random=honest.client_random)),
        ("ephemeral-key", "One bit of the ephemeral key differs.", flip, "ephemeral_key",
         replace(honest, ephemeral_key=_flipped(honest.ephemeral_key, 64))),
        ("key-on-another-curve", "The leaf's key is on P-384.", replaced, "handshake_data.certificates.0",
         replace(honest, chain=_chain("p384"), signature=signature("p384"))),
        ("rsa-key-under-ecdsa", "An RSA key with the scheme and suite of ECDSA.", replaced,
         "handshake_data.certificates.0", replace(honest, chain=_chain("rsa"))),
        ("ecdsa-key-under-rsa", "A key on P-256 with the scheme and suite of RSA.", replaced,
         "handshake_data.certificates.0", replace(rsa, chain=_chain("ecdsa"))),
        ("pkcs1-as-pss", "A PKCS #1 signature under the scheme of PSS.", replaced, field,
         replace(rsa, signature=signature("rsa-pkcs1-sha256"))),
        ("pss-as-pkcs1", "A PSS signature under the scheme of PKCS #1.", replaced, "handshake_data.signature_algorithm",
         replace(rsa, scheme=0x0401)),
        ("pss-of-another-digest", "SHA-256 was used, the scheme says SHA-384.", replaced,
         "handshake_data.signature_algorithm", replace(rsa, scheme=0x0805)),
        ("pss-other-salt", "A salt of 20 octets: the scheme has the length of the digest.", replaced, field,
         replace(rsa, signature=signature("rsa-pss-sha256-salt-of-20"))),
        ("pss-other-mask", "The mask is of SHA-384: the scheme has one hash.", replaced, field,
         replace(rsa, signature=signature("rsa-pss-sha256-other-mask"))),
        ("rsa-truncated", "The first octet of an RSA signature is missing.", MutationKind.TRUNCATE, field,
         replace(rsa, signature=rsa.signature[1:])),
        ("rsa-zero", "An RSA signature of zeros.", MutationKind.ZERO, field, replace(rsa, signature=bytes(256))),
        ("rsa-maximum", "An RSA signature above the modulus.", MutationKind.MAXIMUM, field,
         replace(rsa, signature=b"\xff" * 256)),
    ):  # fmt: skip
        base = "rsa-pss-sha256" if server.suite == _RSA_SUITE else "honest"
        yield _refused(name, comment, server, _SIGNATURE, kind, where, base)
    for name, comment, server in (
        ("scheme-zero", "Scheme 0.", replace(honest, scheme=0)),
        ("scheme-sha1-rsa", "RSA with SHA-1.", replace(rsa, scheme=0x0201)),
        ("scheme-sha1-ecdsa", "ECDSA with SHA-1.", replace(honest, scheme=0x0203)),
        ("scheme-p384", "ECDSA on P-384.", replace(honest, scheme=0x0503)),
        ("scheme-ed25519", "Ed25519.", replace(honest, scheme=0x0807)),
        ("scheme-pss-pss", "PSS with a key for PSS alone.", replace(rsa, scheme=0x0809)),
        ("scheme-rsa-under-ecdsa", "A scheme of RSA in a suite of ECDSA.", replace(honest, scheme=0x0804)),
        ("scheme-ecdsa-under-rsa", "The scheme of ECDSA in a suite of RSA.", replace(rsa, scheme=0x0403)),
        ("scheme-octets-exchanged", "0x0304, the octets in the other order.", replace(honest, scheme=0x0304)),
        ("scheme-maximum", "Scheme 0xffff.", replace(honest, scheme=0xFFFF)),
    ):
        base = "rsa-pss-sha256" if server.suite == _RSA_SUITE else "honest"
        kind = MutationKind.ZERO if server.scheme == 0 else replaced
        yield _refused(name, comment, server, _SCHEME, kind, "handshake_data.signature_algorithm", base)
    for name, comment, suite in (
        ("suite-of-rsa", "The scheme of ECDSA, the suite of RSA.", _RSA_SUITE),
        ("suite-of-tls-1-3", "A suite that says nothing of the kind of key.", 0x1301),
        ("suite-zero", "Suite 0.", 0),
    ):
        yield _refused(name, comment, replace(honest, suite=suite), _SCHEME, replaced, "suite")


FAMILIES = (
    Family(step=_STEP, name="names", summary="Names that a certificate covers, and others.", make=_names),
    Family(step=_STEP, name="chains", summary="Chains of certificates at a time.", make=_chains),
    Family(step=_STEP, name="signatures", summary="Signatures of the key exchange.", make=_signatures),
)
