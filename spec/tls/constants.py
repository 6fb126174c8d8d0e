"""Numbers that TLS 1.2 fixes, as far as the protocol uses them."""

from __future__ import annotations

from enum import IntEnum

RANDOM_LENGTH = 32
SESSION_HASH_LENGTH = 32
PRE_MASTER_SECRET_LENGTH = 32
MASTER_SECRET_LENGTH = 48
VERIFY_DATA_LENGTH = 12

KEY_LENGTH = 16
IMPLICIT_NONCE_LENGTH = 4
EXPLICIT_NONCE_LENGTH = 8
TAG_LENGTH = 16
KEY_BLOCK_LENGTH = 2 * KEY_LENGTH + 2 * IMPLICIT_NONCE_LENGTH

MAXIMUM_PLAINTEXT_LENGTH = 1 << 14
"""RFC 5246 section 6.2.1."""


class ContentType(IntEnum):
    """Kinds of record: RFC 5246 section 6.2.1. Change cipher spec is never encrypted and never counted."""

    CHANGE_CIPHER_SPEC = 20
    ALERT = 21
    HANDSHAKE = 22
    APPLICATION_DATA = 23


class HandshakeType(IntEnum):
    """Kinds of handshake message: RFC 5246 section 7.4."""

    SERVER_HELLO = 2
    CERTIFICATE = 11
    SERVER_KEY_EXCHANGE = 12
    CLIENT_KEY_EXCHANGE = 16
    FINISHED = 20


class SignatureScheme(IntEnum):
    """Schemes of the server's signature that are accepted: RFC 5246 section 7.4.1.4.1 and RFC 8446 section
    4.2.3.

    None uses SHA-1. In TLS 1.2 the code of an ECDSA scheme does not fix the curve; the protocol accepts P-256
    keys only, as TLS 1.3 does for this code.
    """

    RSA_PKCS1_SHA256 = 0x0401
    RSA_PKCS1_SHA384 = 0x0501
    RSA_PKCS1_SHA512 = 0x0601
    ECDSA_SECP256R1_SHA256 = 0x0403
    RSA_PSS_RSAE_SHA256 = 0x0804
    RSA_PSS_RSAE_SHA384 = 0x0805
    RSA_PSS_RSAE_SHA512 = 0x0806


NAMED_CURVE = 3
SECP256R1 = 23
"""ECCurveType and NamedCurve of ServerKeyExchange: RFC 8422 sections 5.4 and 5.1.1."""

CLOSE_NOTIFY = bytes([1, 0])
"""The alert that ends a connection: level warning, description close_notify. RFC 5246 section 7.2.1."""

FINISHED_HEADER = bytes([HandshakeType.FINISHED, 0, 0, VERIFY_DATA_LENGTH])
"""What stands before verify_data in a Finished message."""

FINISHED_LENGTH = len(FINISHED_HEADER) + VERIFY_DATA_LENGTH

CLIENT_FINISHED_LABEL = b"client finished"
SERVER_FINISHED_LABEL = b"server finished"
MASTER_SECRET_LABEL = b"master secret"
EXTENDED_MASTER_SECRET_LABEL = b"extended master secret"
KEY_EXPANSION_LABEL = b"key expansion"
