"""Every reason code of the formats and structure pages, and the local ones of this implementation.

`NORMATIVE` codes are part of the protocol: they are the same in every implementation and never change their meaning.
`LOCAL` prefixes name refusals inside this implementation (its engine, its TLS client, its command line).
"""

from __future__ import annotations

from typing import Final


def _stage(stage: str, *reasons: str) -> frozenset[str]:
    return frozenset(f"{stage}/{reason}" for reason in reasons)


ENCODING: Final = _stage(
    "encoding",
    "truncated",
    "trailing-octets",
    "not-minimal",
    "limit-exceeded",
    "not-a-boolean",
    "unknown-variant",
    "not-utf8",
    "not-canonical",
    "not-this-file-type",
    "unknown-format-version",
)
LINK: Final = _stage(
    "link", "frame-too-long", "frame-empty", "unknown-channel", "unexpected-message", "closed", "timeout"
)
TLS_SESSION: Final = _stage(
    "tls-session",
    "no-common-protocol-version",
    "no-common-engine-profile",
    "no-common-tls-version",
    "no-common-cipher-suite",
    "unsupported-session-kind",
    "no-common-signature-algorithm",
    "budget-exceeded",
    "answer-not-offered",
    "untrusted-notary",
    "answer-signature-invalid",
    "unexpected-tls-version",
    "unexpected-cipher-suite",
    "client-random-mismatch",
    "session-hash-mismatch",
    "recorded-parameters-mismatch",
)
KEY_EXCHANGE: Final = _stage(
    "key-exchange",
    "invalid-point",
    "commitment-mismatch",
    "point-at-infinity",
    "equal-x-coordinates",
    "pre-master-secret-mismatch",
)
MPC_TLS: Final = _stage(
    "mpc-tls",
    "record-after-close",
    "sequence-number-mismatch",
    "unregistered-record",
    "unexpected-content-type",
    "unexpected-record-length",
    "budget-exceeded",
    "registered-record-differs",
    "record-after-alert",
    "unexpected-record-version",
    "repeated-nonce",
    "proof-invalid",
    "tag-mismatch",
    "server-finished-mismatch",
    "client-finished-mismatch",
    "alert-not-close-notify",
    "values-differ",
    "notary-opening-invalid",
)
DATA_SUBMISSION: Final = _stage(
    "data-submission",
    "no-commitments",
    "too-many-commitments",
    "range-out-of-bounds",
    "unsupported-commitment-kind",
    "unsupported-hash-algorithm",
    "encoding-too-long",
    "duplicate-commitment",
    "reserved-extension",
    "extension-not-allowed",
    "commitment-mismatch",
    "commitment-proof-invalid",
    "lexical-class-proof-invalid",
    "root-mismatch",
    "not-in-lexical-class",
    "conversion-check-failed",
)
ATTESTATION_GENERATION: Final = _stage(
    "attestation-generation",
    "unexpected-key",
    "signature-invalid",
    "body-digest-mismatch",
    "unexpected-format",
    "connection-info-mismatch",
    "time-out-of-tolerance",
    "key-exchange-commitment-mismatch",
    "handshake-commitment-mismatch",
    "transcript-commitments-mismatch",
    "prover-extensions-mismatch",
    "notary-extension-invalid",
    "out-of-order",
)
PRESENTATION_BUILDING: Final = _stage(
    "presentation-building",
    "range-out-of-bounds",
    "range-not-covered",
    "nothing-selected",
    "secrets-mismatch",
    "holder-key-mismatch",
    "binding-required",
    "field-not-committed",
)
VERIFICATION: Final = _stage(
    "verification",
    "unknown-format-version",
    "algorithm-mismatch",
    "untrusted-notary",
    "notary-key-expired",
    "signature-invalid",
    "body-digest-mismatch",
    "unsupported-mode",
    "unsupported-tls-version",
    "unsupported-cipher-suite",
    "misplaced-extension",
    "unknown-critical-extension",
    "attested-in-the-future",
    "key-exchange-commitment-mismatch",
    "handshake-commitment-mismatch",
    "certificate-invalid",
    "server-name-mismatch",
    "unsupported-signature-scheme",
    "key-exchange-signature-invalid",
    "unsupported-commitment-kind",
    "leaf-index-out-of-range",
    "range-out-of-bounds",
    "opening-kind-mismatch",
    "opening-length-mismatch",
    "opening-mismatch",
    "merkle-proof-invalid",
    "overlapping-openings-differ",
    "unsupported-predicate",
    "octet-not-authenticated",
    "binding-required",
    "binding-without-holder-key",
    "binding-signature-invalid",
    "binding-audience-mismatch",
    "binding-nonce-mismatch",
    "binding-not-yet-valid",
    "binding-expired",
    "identity-required",
    "server-not-allowed",
    "attestation-too-old",
    "required-extension-missing",
)

STRUCTURE: Final = _stage(
    "structure",
    "identity-required",
    "too-large",
    "redaction-outside-token",
    "incomplete-message",
    "malformed-start-line",
    "informational-response",
    "malformed-header",
    "header-not-redactable",
    "host-missing",
    "host-repeated",
    "host-mismatch",
    "upgrade",
    "request-not-allowed",
    "partial-content",
    "content-coding",
    "framing-ambiguous",
    "framing-malformed",
    "chunk-extension",
    "trailers",
    "chunk-malformed",
    "extra-octets",
    "too-deep",
    "redacted-key",
    "not-json",
    "duplicate-key",
    "redaction-without-leaf",
    "class-mismatch",
    "malformed-name",
    "unknown-name",
)

PREDICATE: Final = _stage(
    "predicate",
    "field-too-long",
    "type-does-not-match-token",
    "malformed-field",
    "type-error",
    "too-large",
    "malformed",
    "invalid-pattern",
    "automaton-too-large",
    "other-attestation",
    "false",
    "unknown-tree",
)
ZERO_KNOWLEDGE: Final = _stage(
    "zero-knowledge",
    "unsupported-compiler-version",
    "field-mismatch",
    "not-an-encoding-commitment",
    "output-count",
    "untrusted-setup",
    "development-setup",
    "setup-too-small",
    "unsatisfied",
    "malformed-setup",
    "setup-structure-invalid",
    "unknown-ceremony",
    "malformed-key",
    "malformed-proof",
    "public-input-count",
    "public-input-not-canonical",
    "evaluation-not-canonical",
    "point-not-canonical",
    "point-not-on-curve",
    "point-not-in-subgroup",
    "point-at-infinity",
    "gamma-equals-delta",
    "proof-invalid",
    "cancelled",
    "element-not-canonical",
    "malformed-witness",
    "witness-count",
    "bridge-length",
    "not-a-hash-commitment",
)

NORMATIVE: Final = (
    ENCODING
    | LINK
    | TLS_SESSION
    | KEY_EXCHANGE
    | MPC_TLS
    | DATA_SUBMISSION
    | ATTESTATION_GENERATION
    | PRESENTATION_BUILDING
    | VERIFICATION
    | STRUCTURE
    | PREDICATE
    | ZERO_KNOWLEDGE
)
LOCAL: Final = frozenset({"engine", "tls", "circuit", "command", "http"})
