"""Code points of TLS 1.2 that this client speaks, and the sizes that bound everything it reads."""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Final


@unique
class ContentType(IntEnum):
    """Record content types (RFC 5246, section 6.2.1)."""

    CHANGE_CIPHER_SPEC = 20
    ALERT = 21
    HANDSHAKE = 22
    APPLICATION_DATA = 23


@unique
class HandshakeType(IntEnum):
    """Handshake message types (RFC 5246, section 7.4; RFC 5077; RFC 6066)."""

    HELLO_REQUEST = 0
    CLIENT_HELLO = 1
    SERVER_HELLO = 2
    NEW_SESSION_TICKET = 4
    CERTIFICATE = 11
    SERVER_KEY_EXCHANGE = 12
    CERTIFICATE_REQUEST = 13
    SERVER_HELLO_DONE = 14
    CERTIFICATE_VERIFY = 15
    CLIENT_KEY_EXCHANGE = 16
    FINISHED = 20
    CERTIFICATE_STATUS = 22


@unique
class CipherSuite(IntEnum):
    """The two suites offered (RFC 5289, section 3.2)."""

    ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = 0xC02B
    ECDHE_RSA_WITH_AES_128_GCM_SHA256 = 0xC02F


@unique
class ExtensionType(IntEnum):
    """Extensions offered (RFC 6066, 8422, 5246, 7301, 7627, 5746)."""

    SERVER_NAME = 0
    SUPPORTED_GROUPS = 10
    EC_POINT_FORMATS = 11
    SIGNATURE_ALGORITHMS = 13
    APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16
    EXTENDED_MASTER_SECRET = 23
    RENEGOTIATION_INFO = 0xFF01


@unique
class SignatureScheme(IntEnum):
    """Signature schemes offered; none of them uses SHA-1 (RFC 8446, section 4.2.3, for the names)."""

    ECDSA_SECP256R1_SHA256 = 0x0403
    ECDSA_SECP384R1_SHA384 = 0x0503
    RSA_PSS_RSAE_SHA256 = 0x0804
    RSA_PSS_RSAE_SHA384 = 0x0805
    RSA_PSS_RSAE_SHA512 = 0x0806
    RSA_PKCS1_SHA256 = 0x0401
    RSA_PKCS1_SHA384 = 0x0501
    RSA_PKCS1_SHA512 = 0x0601


@unique
class AlertLevel(IntEnum):
    """Alert levels (RFC 5246, section 7.2)."""

    WARNING = 1
    FATAL = 2


KEY_EXCHANGE_SCHEMES: Final = {
    CipherSuite.ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: frozenset({SignatureScheme.ECDSA_SECP256R1_SHA256}),
    CipherSuite.ECDHE_RSA_WITH_AES_128_GCM_SHA256: frozenset(
        {
            SignatureScheme.RSA_PSS_RSAE_SHA256,
            SignatureScheme.RSA_PSS_RSAE_SHA384,
            SignatureScheme.RSA_PSS_RSAE_SHA512,
            SignatureScheme.RSA_PKCS1_SHA256,
            SignatureScheme.RSA_PKCS1_SHA384,
            SignatureScheme.RSA_PKCS1_SHA512,
        }
    ),
}
"""Schemes a server may sign its key exchange with; ecdsa_secp384r1_sha384 is for certificates alone."""

PROTOCOL_VERSION: Final = b"\x03\x03"
"""TLS 1.2 on the wire, in hellos and in record headers."""

RANDOM_SIZE: Final = 32
POINT_SIZE: Final = 65
VERIFY_DATA_SIZE: Final = 12
FINISHED_SIZE: Final = 4 + VERIFY_DATA_SIZE
HASH_SIZE: Final = 32

SECP256R1: Final = 23
"""Named group of P-256, the only one offered (RFC 8422, section 5.1.1)."""
NAMED_CURVE: Final = 3
UNCOMPRESSED: Final = 0
HTTP_PROTOCOL: Final = b"http/1.1"

RECORD_HEADER_SIZE: Final = 5
MAXIMUM_FRAGMENT: Final = 1 << 14
"""Octets of plaintext in one record (RFC 5246, section 6.2.1)."""
EXPLICIT_NONCE_SIZE: Final = 8
TAG_SIZE: Final = 16
PROTECTION_OVERHEAD: Final = EXPLICIT_NONCE_SIZE + TAG_SIZE

HANDSHAKE_HEADER_SIZE: Final = 4
MAXIMUM_CERTIFICATES: Final = 16
MAXIMUM_CERTIFICATE: Final = (1 << 16) - 1
MAXIMUM_CERTIFICATE_MESSAGE: Final = 1 << 17
"""Octets of a Certificate message; real chains stay under 16 KiB."""
MAXIMUM_SIGNATURE: Final = 1024
"""Octets of a signature: RSA keys up to 8192 bits."""

CLOSE_NOTIFY: Final = b"\x01\x00"
CHANGE_CIPHER_SPEC_BODY: Final = b"\x01"

ALERT_NAMES: Final = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    110: "unsupported_extension",
    112: "unrecognized_name",
    120: "no_application_protocol",
}
"""Alert descriptions by number (RFC 5246, section 7.2, and the registry)."""
