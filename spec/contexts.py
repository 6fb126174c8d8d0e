"""What separates the uses of one hash or one signing key: every context of the protocol.

Every hash and signature input starts with a context, printable ASCII ended by one 0x00. None is a prefix of
another, so an input made for one use is never an input of another. Merkle hashing has no context: its first
octet, 0x00 or 0x01, begins none.
"""

from __future__ import annotations

from enum import Enum


class Context(Enum):
    """A registered context. The value is the text without the final 0x00."""

    SESSION_ANSWER = "mpctls/1/session-answer"
    """The Notary's signature over the answer to a session request."""

    KEY_SHARE_COMMITMENT = "mpctls/1/key-share-commitment"
    """The Prover's commitment to its key share and randomness."""

    CLIENT_RANDOM = "mpctls/1/client-random"
    """The TLS client random, from the randomness of both parties."""

    HANDSHAKE_COMMITMENT = "mpctls/1/handshake-commitment"
    """The commitment to the Server's certificates and signature."""

    KEY_EXCHANGE_COMMITMENT = "mpctls/1/key-exchange-commitment"
    """The commitment to both randoms and the Server's ephemeral key."""

    HASH_COMMITMENT_SHA256 = "mpctls/1/hash-commitment/sha256"
    """The value of a hash commitment with SHA-256."""

    HASH_COMMITMENT_BLAKE3 = "mpctls/1/hash-commitment/blake3"
    """The value of a hash commitment with BLAKE3, as the context string of its key derivation."""

    HASH_COMMITMENT_KECCAK256 = "mpctls/1/hash-commitment/keccak256"
    """The value of a hash commitment with Keccak-256."""

    ATTESTATION_BODY = "mpctls/1/attestation-body"
    """The digest of the body."""

    ATTESTATION_HEADER = "mpctls/1/attestation-header"
    """The Notary's signature over the header."""

    HEADER_DIGEST = "mpctls/1/header-digest"
    """The digest of the header in a binding."""

    PRESENTATION_DIGEST = "mpctls/1/presentation-digest"
    """The digest of all other parts of a presentation in its binding."""

    BINDING = "mpctls/1/binding"
    """The holder's signature."""

    SESSION_PARAMETERS = "mpctls/1/session-parameters"
    """The digest of the session parameters that the Notary recorded."""

    FIELD_ENCODING = "mpctls/1/field-encoding"
    """The hash of wire labels and keys to the scalars of BN254."""

    PREDICATE = "mpctls/1/predicate"
    """The digest of a predicate."""

    STATEMENT = "mpctls/1/statement"
    """The statement of a predicate proof."""

    HASH_BRIDGE = "mpctls/1/hash-bridge"
    """The statement of a hash bridge."""

    PSEUDONYM_SCOPE = "mpctls/1/pseudonym-scope"
    """The scope of an enumerable pseudonym."""

    SETUP = "mpctls/1/setup"
    """The digest of a setup."""

    PROOF_BATCH = "mpctls/1/proof-batch"
    """The weights with which many proofs are verified as one."""

    @property
    def octets(self) -> bytes:
        """The context as it stands before a hash or signature input: the text and one 0x00."""
        return self.value.encode("ascii") + b"\0"

    def padded(self, block: int) -> bytes:
        """Return the context and 0x00 up to a whole block, which costs a circuit nothing."""
        return self.octets.ljust(block, b"\0")
