"""Why a party refuses: every reason code of the protocol, with its meaning.

A code is `stage/reason`. It is the same in every implementation and never changes its meaning; the text
beside it may. The pages of `docs/protocol/` (formats, structure, predicates) say which check gives which code,
and in what order.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """A reason code, with its meaning in one sentence. The member's name is the code in capitals."""

    meaning: str

    def __new__(cls, code: str, meaning: str = "") -> Reason:
        reason = str.__new__(cls, code)
        reason._value_ = code
        reason.meaning = meaning
        return reason

    # What any decoding can give (formats.md, section 1), whatever the stage.
    ENCODING_TRUNCATED = "encoding/truncated", "The input ends before the value does."
    ENCODING_TRAILING_OCTETS = "encoding/trailing-octets", "Octets follow the value."
    ENCODING_NOT_MINIMAL = (
        "encoding/not-minimal",
        "A ULEB128 number has superfluous octets or exceeds 32 bits.",
    )
    ENCODING_LIMIT_EXCEEDED = (
        "encoding/limit-exceeded",
        "A vector, octets or text are longer than their type allows.",
    )
    ENCODING_NOT_A_BOOLEAN = "encoding/not-a-boolean", "A boolean or the tag of an option is neither 0 nor 1."
    ENCODING_UNKNOWN_VARIANT = (
        "encoding/unknown-variant",
        "The index of a case or an identifier is not a registered one.",
    )
    ENCODING_NOT_UTF8 = "encoding/not-utf8", "Text is not valid UTF-8."
    ENCODING_NOT_CANONICAL = "encoding/not-canonical", "Well-formed items break a rule of order or form."
    ENCODING_NOT_THIS_FILE_TYPE = (
        "encoding/not-this-file-type",
        "A stored file does not begin with the magic and type of what is being read.",
    )
    ENCODING_UNKNOWN_FORMAT_VERSION = (
        "encoding/unknown-format-version",
        "A stored file has a format version that is not known.",
    )

    # The link between two parties (section 9).
    LINK_FRAME_TOO_LONG = (
        "link/frame-too-long",
        "A frame announces more octets than the state of the session allows.",
    )
    LINK_FRAME_EMPTY = "link/frame-empty", "A frame has no channel."
    LINK_UNKNOWN_CHANNEL = (
        "link/unknown-channel",
        "A frame belongs to neither the session messages nor the engine.",
    )
    LINK_UNEXPECTED_MESSAGE = (
        "link/unexpected-message",
        "The state of the session does not allow this message or channel.",
    )
    LINK_CLOSED = "link/closed", "The peer went away."
    LINK_TIMEOUT = "link/timeout", "The peer did not answer within the deadline."

    # Establish MPC-TLS Connection, Send TLS Handshake Data, Verify and Record Session Parameters (section
    # 9.1).
    TLS_SESSION_NO_COMMON_PROTOCOL_VERSION = (
        "tls-session/no-common-protocol-version",
        "The Notary speaks none of the requested protocol versions.",
    )
    TLS_SESSION_NO_COMMON_ENGINE_PROFILE = (
        "tls-session/no-common-engine-profile",
        "The Notary has none of the requested engine profiles.",
    )
    TLS_SESSION_NO_COMMON_TLS_VERSION = (
        "tls-session/no-common-tls-version",
        "The Notary takes part in none of the requested TLS versions.",
    )
    TLS_SESSION_NO_COMMON_CIPHER_SUITE = (
        "tls-session/no-common-cipher-suite",
        "The Notary takes part in none of the requested cipher suites.",
    )
    TLS_SESSION_UNSUPPORTED_SESSION_KIND = (
        "tls-session/unsupported-session-kind",
        "The partner does not serve sessions of the requested kind.",
    )
    TLS_SESSION_NO_COMMON_SIGNATURE_ALGORITHM = (
        "tls-session/no-common-signature-algorithm",
        "The Notary has a key for none of the requested signature algorithms.",
    )
    TLS_SESSION_BUDGET_EXCEEDED = (
        "tls-session/budget-exceeded",
        "A component of the budget is zero or above the limits of the Notary.",
    )
    TLS_SESSION_ANSWER_NOT_OFFERED = (
        "tls-session/answer-not-offered",
        "The answer chooses something that the request does not offer.",
    )
    TLS_SESSION_UNTRUSTED_NOTARY = (
        "tls-session/untrusted-notary",
        "The answer is signed with another key than the one the Prover trusts.",
    )
    TLS_SESSION_ANSWER_SIGNATURE_INVALID = (
        "tls-session/answer-signature-invalid",
        "The signature over request and answer is not valid.",
    )
    TLS_SESSION_UNEXPECTED_TLS_VERSION = (
        "tls-session/unexpected-tls-version",
        "The connection has another TLS version than the answer chose.",
    )
    TLS_SESSION_UNEXPECTED_CIPHER_SUITE = (
        "tls-session/unexpected-cipher-suite",
        "The connection has a cipher suite that the answer does not hold.",
    )
    TLS_SESSION_CLIENT_RANDOM_MISMATCH = (
        "tls-session/client-random-mismatch",
        "The client random is not the one both parties derived.",
    )
    TLS_SESSION_SESSION_HASH_MISMATCH = (
        "tls-session/session-hash-mismatch",
        "A session hash is present without extended master secret, or absent with it.",
    )
    TLS_SESSION_RECORDED_PARAMETERS_MISMATCH = (
        "tls-session/recorded-parameters-mismatch",
        "The Notary recorded other parameters than the Prover sent.",
    )

    # The three-party key exchange.
    KEY_EXCHANGE_INVALID_POINT = (
        "key-exchange/invalid-point",
        "A public key is not 65 octets 0x04 of a point on P-256.",
    )
    KEY_EXCHANGE_COMMITMENT_MISMATCH = (
        "key-exchange/commitment-mismatch",
        "The Prover opened another key share than the one it committed to.",
    )
    KEY_EXCHANGE_POINT_AT_INFINITY = (
        "key-exchange/point-at-infinity",
        "The sum of the two key shares is the point at infinity.",
    )
    KEY_EXCHANGE_EQUAL_X_COORDINATES = (
        "key-exchange/equal-x-coordinates",
        "The two points of the pre-master secret have equal x coordinates.",
    )
    KEY_EXCHANGE_PRE_MASTER_SECRET_MISMATCH = (
        "key-exchange/pre-master-secret-mismatch",
        "The two runs of the share conversion differ.",
    )

    # Records, Finished and finalisation of the MPC-TLS connection.
    MPC_TLS_RECORD_AFTER_CLOSE = (
        "mpc-tls/record-after-close",
        "A record is submitted after the session was closed.",
    )
    MPC_TLS_RECORD_AFTER_ALERT = "mpc-tls/record-after-alert", "A record is registered after an alert."
    MPC_TLS_SEQUENCE_NUMBER_MISMATCH = (
        "mpc-tls/sequence-number-mismatch",
        "A record has another sequence number than the Notary's counter.",
    )
    MPC_TLS_UNREGISTERED_RECORD = (
        "mpc-tls/unregistered-record",
        "The previous record was encrypted and not registered.",
    )
    MPC_TLS_REGISTERED_RECORD_DIFFERS = (
        "mpc-tls/registered-record-differs",
        "The registered record is not the one that was encrypted.",
    )
    MPC_TLS_UNEXPECTED_CONTENT_TYPE = (
        "mpc-tls/unexpected-content-type",
        "The content type is not the one this sequence number has.",
    )
    MPC_TLS_UNEXPECTED_RECORD_LENGTH = (
        "mpc-tls/unexpected-record-length",
        "A record has another length than its content type allows.",
    )
    MPC_TLS_UNEXPECTED_RECORD_VERSION = (
        "mpc-tls/unexpected-record-version",
        "A record does not carry the TLS version of the connection.",
    )
    MPC_TLS_REPEATED_NONCE = "mpc-tls/repeated-nonce", "A received record repeats an explicit nonce."
    MPC_TLS_BUDGET_EXCEEDED = (
        "mpc-tls/budget-exceeded",
        "The records or octets of a direction exceed the agreed budget.",
    )
    MPC_TLS_SERVER_FINISHED_MISMATCH = (
        "mpc-tls/server-finished-mismatch",
        "The Server's Finished is not the one the key schedule gives.",
    )
    MPC_TLS_CLIENT_FINISHED_MISMATCH = (
        "mpc-tls/client-finished-mismatch",
        "The client's Finished is not the one the key schedule gives.",
    )
    MPC_TLS_PROOF_INVALID = "mpc-tls/proof-invalid", "The proof of the two-party computation does not verify."
    MPC_TLS_TAG_MISMATCH = (
        "mpc-tls/tag-mismatch",
        "A record's authentication tag is not the one its key gives.",
    )
    MPC_TLS_ALERT_NOT_CLOSE_NOTIFY = (
        "mpc-tls/alert-not-close-notify",
        "The received alert is not close_notify.",
    )
    MPC_TLS_VALUES_DIFFER = (
        "mpc-tls/values-differ",
        "A value the Prover was shown differs from its own recomputation; never told to the peer.",
    )
    MPC_TLS_NOTARY_OPENING_INVALID = (
        "mpc-tls/notary-opening-invalid",
        "The Notary opened its inputs with labels that are not the active ones.",
    )

    # Submit TranscriptCommitConfig, Include Encoded Commitment/Hash Range, Generate Merkle Tree Root.
    DATA_SUBMISSION_NO_COMMITMENTS = "data-submission/no-commitments", "The config requests no commitment."
    DATA_SUBMISSION_TOO_MANY_COMMITMENTS = (
        "data-submission/too-many-commitments",
        "The config requests more commitments, or to more octets, than the Notary allows.",
    )
    DATA_SUBMISSION_RANGE_OUT_OF_BOUNDS = (
        "data-submission/range-out-of-bounds",
        "A range ends behind the last octet of its direction.",
    )
    DATA_SUBMISSION_UNSUPPORTED_COMMITMENT_KIND = (
        "data-submission/unsupported-commitment-kind",
        "The kind of a commitment is not supported.",
    )
    DATA_SUBMISSION_UNSUPPORTED_HASH_ALGORITHM = (
        "data-submission/unsupported-hash-algorithm",
        "A hash algorithm is not supported.",
    )
    DATA_SUBMISSION_DUPLICATE_COMMITMENT = (
        "data-submission/duplicate-commitment",
        "Two entries have the same direction, ranges, kind and algorithm.",
    )
    DATA_SUBMISSION_RESERVED_EXTENSION = (
        "data-submission/reserved-extension",
        "A prover extension has an id that is reserved to the Notary.",
    )
    DATA_SUBMISSION_EXTENSION_NOT_ALLOWED = (
        "data-submission/extension-not-allowed",
        "The Notary's policy does not admit a prover extension, or its value is malformed.",
    )
    DATA_SUBMISSION_COMMITMENT_MISMATCH = (
        "data-submission/commitment-mismatch",
        "The commitments are not those that the config requests.",
    )
    DATA_SUBMISSION_COMMITMENT_PROOF_INVALID = (
        "data-submission/commitment-proof-invalid",
        "A commitment was not proved to hold what the registered records decrypt to.",
    )
    DATA_SUBMISSION_LEXICAL_CLASS_PROOF_INVALID = (
        "data-submission/lexical-class-proof-invalid",
        "Committed octets were not proved to belong to their lexical class.",
    )
    DATA_SUBMISSION_ENCODING_TOO_LONG = (
        "data-submission/encoding-too-long",
        "An encoding commitment is requested to more octets than its format holds.",
    )
    DATA_SUBMISSION_CONVERSION_CHECK_FAILED = (
        "data-submission/conversion-check-failed",
        "What the Notary released is not what it converted with; never told to the peer.",
    )
    DATA_SUBMISSION_ROOT_MISMATCH = (
        "data-submission/root-mismatch",
        "The Notary's Merkle root is not that of the Prover's commitments.",
    )
    DATA_SUBMISSION_NOT_IN_LEXICAL_CLASS = (
        "data-submission/not-in-lexical-class",
        "The Prover's own octets do not belong to the class it would claim.",
    )

    # Build AttestationBody to Return Signed Attestation.
    ATTESTATION_GENERATION_OUT_OF_ORDER = (
        "attestation-generation/out-of-order",
        "The Notary is asked for a step of the attestation before the steps it rests on.",
    )
    ATTESTATION_GENERATION_UNEXPECTED_KEY = (
        "attestation-generation/unexpected-key",
        "The attestation holds another verifying key than the answer did.",
    )
    ATTESTATION_GENERATION_SIGNATURE_INVALID = (
        "attestation-generation/signature-invalid",
        "The signature over the header is not valid.",
    )
    ATTESTATION_GENERATION_BODY_DIGEST_MISMATCH = (
        "attestation-generation/body-digest-mismatch",
        "The header's digest is not that of the body.",
    )
    ATTESTATION_GENERATION_UNEXPECTED_FORMAT = (
        "attestation-generation/unexpected-format",
        "The header has another version or algorithm than agreed, or no attestation id.",
    )
    ATTESTATION_GENERATION_CONNECTION_INFO_MISMATCH = (
        "attestation-generation/connection-info-mismatch",
        "The connection info is not what the Prover saw.",
    )
    ATTESTATION_GENERATION_TIME_OUT_OF_TOLERANCE = (
        "attestation-generation/time-out-of-tolerance",
        "The attested time is too far from the Prover's clock.",
    )
    ATTESTATION_GENERATION_KEY_EXCHANGE_COMMITMENT_MISMATCH = (
        "attestation-generation/key-exchange-commitment-mismatch",
        "The commitment to the key exchange does not open.",
    )
    ATTESTATION_GENERATION_HANDSHAKE_COMMITMENT_MISMATCH = (
        "attestation-generation/handshake-commitment-mismatch",
        "The handshake commitment is not the Prover's.",
    )
    ATTESTATION_GENERATION_TRANSCRIPT_COMMITMENTS_MISMATCH = (
        "attestation-generation/transcript-commitments-mismatch",
        "Algorithm, leaf count or root are not those of the Prover's commitments.",
    )
    ATTESTATION_GENERATION_PROVER_EXTENSIONS_MISMATCH = (
        "attestation-generation/prover-extensions-mismatch",
        "The prover extensions are not those submitted.",
    )
    ATTESTATION_GENERATION_NOTARY_EXTENSION_INVALID = (
        "attestation-generation/notary-extension-invalid",
        "A notary extension has a foreign id, or is unknown and critical.",
    )

    # Select Disclosure Range to Send Presentation.
    PRESENTATION_BUILDING_RANGE_OUT_OF_BOUNDS = (
        "presentation-building/range-out-of-bounds",
        "A selected range ends behind the last octet of its direction.",
    )
    PRESENTATION_BUILDING_RANGE_NOT_COVERED = (
        "presentation-building/range-not-covered",
        "No commitment inside the selection covers some of its octets.",
    )
    PRESENTATION_BUILDING_NOTHING_SELECTED = (
        "presentation-building/nothing-selected",
        "Neither ranges nor an identity are selected.",
    )
    PRESENTATION_BUILDING_SECRETS_MISMATCH = (
        "presentation-building/secrets-mismatch",
        "The secrets do not belong to the attestation.",
    )
    PRESENTATION_BUILDING_HOLDER_KEY_MISMATCH = (
        "presentation-building/holder-key-mismatch",
        "The signing key is not the holder key of the attestation.",
    )
    PRESENTATION_BUILDING_BINDING_REQUIRED = (
        "presentation-building/binding-required",
        "The attestation carries a holder key, so a binding is needed.",
    )
    PRESENTATION_BUILDING_FIELD_NOT_COMMITTED = (
        "presentation-building/field-not-committed",
        "A predicate is about a token that has no encoding commitment of its own.",
    )

    # Verify Signature Validity (section 9.2, 1).
    VERIFICATION_UNKNOWN_FORMAT_VERSION = (
        "verification/unknown-format-version",
        "The header has a format version that is not known.",
    )
    VERIFICATION_ALGORITHM_MISMATCH = (
        "verification/algorithm-mismatch",
        "The header names another signature algorithm than the key in the body.",
    )
    VERIFICATION_UNTRUSTED_NOTARY = (
        "verification/untrusted-notary",
        "The trust store does not hold the key in the body for this algorithm.",
    )
    VERIFICATION_NOTARY_KEY_EXPIRED = (
        "verification/notary-key-expired",
        "The attested time is outside the key's validity in the trust store.",
    )
    VERIFICATION_SIGNATURE_INVALID = (
        "verification/signature-invalid",
        "The signature over the header is not valid.",
    )
    VERIFICATION_BODY_DIGEST_MISMATCH = (
        "verification/body-digest-mismatch",
        "The header's digest is not that of the body.",
    )
    VERIFICATION_UNSUPPORTED_MODE = "verification/unsupported-mode", "The connection mode is not known."
    VERIFICATION_UNSUPPORTED_TLS_VERSION = (
        "verification/unsupported-tls-version",
        "The TLS version is not supported.",
    )
    VERIFICATION_UNSUPPORTED_CIPHER_SUITE = (
        "verification/unsupported-cipher-suite",
        "The cipher suite is not supported.",
    )
    VERIFICATION_MISPLACED_EXTENSION = (
        "verification/misplaced-extension",
        "An extension stands in the list of the other party.",
    )
    VERIFICATION_UNKNOWN_CRITICAL_EXTENSION = (
        "verification/unknown-critical-extension",
        "A critical extension is not known.",
    )
    VERIFICATION_ATTESTED_IN_THE_FUTURE = (
        "verification/attested-in-the-future",
        "The attested time is after the Verifier's clock.",
    )

    # Check Commitment Consistency: identity (section 9.2, 2) and transcript (3).
    VERIFICATION_KEY_EXCHANGE_COMMITMENT_MISMATCH = (
        "verification/key-exchange-commitment-mismatch",
        "The opened key exchange is not the committed one.",
    )
    VERIFICATION_HANDSHAKE_COMMITMENT_MISMATCH = (
        "verification/handshake-commitment-mismatch",
        "The opened handshake data are not the committed ones.",
    )
    VERIFICATION_SERVER_NAME_MISMATCH = (
        "verification/server-name-mismatch",
        "The server name is malformed or the certificate is not for it.",
    )
    VERIFICATION_CERTIFICATE_INVALID = (
        "verification/certificate-invalid",
        "The certificate chain is not valid at the attested time.",
    )
    VERIFICATION_UNSUPPORTED_SIGNATURE_SCHEME = (
        "verification/unsupported-signature-scheme",
        "The Server signed with a scheme that is not supported or not that of the suite.",
    )
    VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID = (
        "verification/key-exchange-signature-invalid",
        "The Server's signature over the key exchange is not valid.",
    )
    VERIFICATION_UNSUPPORTED_COMMITMENT_KIND = (
        "verification/unsupported-commitment-kind",
        "The kind of an opened commitment is not supported.",
    )
    VERIFICATION_LEAF_INDEX_OUT_OF_RANGE = (
        "verification/leaf-index-out-of-range",
        "An opening has an index beyond the signed number of leaves.",
    )
    VERIFICATION_RANGE_OUT_OF_BOUNDS = (
        "verification/range-out-of-bounds",
        "A committed range ends behind the last octet of its direction.",
    )
    VERIFICATION_OPENING_KIND_MISMATCH = (
        "verification/opening-kind-mismatch",
        "An opening is of another kind than its commitment.",
    )
    VERIFICATION_OPENING_LENGTH_MISMATCH = (
        "verification/opening-length-mismatch",
        "An opening has another number of octets than its ranges.",
    )
    VERIFICATION_OPENING_MISMATCH = (
        "verification/opening-mismatch",
        "Octets and blinder do not give the committed value.",
    )
    VERIFICATION_MERKLE_PROOF_INVALID = (
        "verification/merkle-proof-invalid",
        "The proof has too few or too many hashes or leads to another root.",
    )
    VERIFICATION_OVERLAPPING_OPENINGS_DIFFER = (
        "verification/overlapping-openings-differ",
        "Two openings give different values for one octet.",
    )
    VERIFICATION_UNSUPPORTED_PREDICATE = (
        "verification/unsupported-predicate",
        "A predicate proof is present and predicates are not supported.",
    )

    # Reconstruct PartialTranscript (4), binding (5) and policy (6).
    VERIFICATION_OCTET_NOT_AUTHENTICATED = (
        "verification/octet-not-authenticated",
        "An octet was read that no opening authenticates.",
    )
    VERIFICATION_BINDING_REQUIRED = "verification/binding-required", "A binding is needed and absent."
    VERIFICATION_BINDING_WITHOUT_HOLDER_KEY = (
        "verification/binding-without-holder-key",
        "A binding is present and the attestation has no holder key.",
    )
    VERIFICATION_BINDING_SIGNATURE_INVALID = (
        "verification/binding-signature-invalid",
        "The holder's signature is not valid.",
    )
    VERIFICATION_BINDING_AUDIENCE_MISMATCH = (
        "verification/binding-audience-mismatch",
        "The binding is for another audience.",
    )
    VERIFICATION_BINDING_NONCE_MISMATCH = (
        "verification/binding-nonce-mismatch",
        "The binding answers another nonce.",
    )
    VERIFICATION_BINDING_NOT_YET_VALID = (
        "verification/binding-not-yet-valid",
        "The binding is issued after the Verifier's clock or after its own expiry.",
    )
    VERIFICATION_BINDING_EXPIRED = "verification/binding-expired", "The binding has expired."
    VERIFICATION_IDENTITY_REQUIRED = (
        "verification/identity-required",
        "A server name is expected and no identity is proved.",
    )
    VERIFICATION_SERVER_NOT_ALLOWED = (
        "verification/server-not-allowed",
        "The proved server name is not one of those expected.",
    )
    VERIFICATION_ATTESTATION_TOO_OLD = (
        "verification/attestation-too-old",
        "The attested time is longer ago than the Verifier accepts.",
    )
    VERIFICATION_REQUIRED_EXTENSION_MISSING = (
        "verification/required-extension-missing",
        "An extension that the Verifier requires is absent.",
    )

    # Structured views (structure.md).
    STRUCTURE_IDENTITY_REQUIRED = (
        "structure/identity-required",
        "A structured view is asked for and no identity is proved.",
    )
    STRUCTURE_TOO_LARGE = "structure/too-large", "A message or document exceeds a limit of size or number."
    STRUCTURE_REDACTION_OUTSIDE_TOKEN = (
        "structure/redaction-outside-token",
        "A redacted run is not exactly one redactable token.",
    )
    STRUCTURE_INCOMPLETE_MESSAGE = "structure/incomplete-message", "A direction ends before its message does."
    STRUCTURE_MALFORMED_START_LINE = (
        "structure/malformed-start-line",
        "A request line or status line is not of the form accepted.",
    )
    STRUCTURE_INFORMATIONAL_RESPONSE = (
        "structure/informational-response",
        "The response is an informational one.",
    )
    STRUCTURE_MALFORMED_HEADER = "structure/malformed-header", "A header field is not of the form accepted."
    STRUCTURE_HEADER_NOT_REDACTABLE = (
        "structure/header-not-redactable",
        "The value of a header field that must be read is redacted.",
    )
    STRUCTURE_HOST_MISSING = "structure/host-missing", "The request has no Host."
    STRUCTURE_HOST_REPEATED = "structure/host-repeated", "The request has several Host fields."
    STRUCTURE_HOST_MISMATCH = "structure/host-mismatch", "The Host of the request is not the proved Server."
    STRUCTURE_UPGRADE = "structure/upgrade", "A message asks for another protocol or for a further exchange."
    STRUCTURE_REQUEST_NOT_ALLOWED = (
        "structure/request-not-allowed",
        "The Verifier's policy does not allow this method or target.",
    )
    STRUCTURE_PARTIAL_CONTENT = "structure/partial-content", "The response is a part of a document."
    STRUCTURE_CONTENT_CODING = "structure/content-coding", "The content is coded."
    STRUCTURE_FRAMING_AMBIGUOUS = (
        "structure/framing-ambiguous",
        "The length of the content is said more than once.",
    )
    STRUCTURE_FRAMING_MALFORMED = (
        "structure/framing-malformed",
        "The length of the content is not said in a form accepted.",
    )
    STRUCTURE_CHUNK_EXTENSION = "structure/chunk-extension", "A chunk has an extension."
    STRUCTURE_TRAILERS = "structure/trailers", "Fields follow the last chunk."
    STRUCTURE_CHUNK_MALFORMED = "structure/chunk-malformed", "A chunk is not of the form accepted."
    STRUCTURE_EXTRA_OCTETS = "structure/extra-octets", "Octets follow the message."
    STRUCTURE_TOO_DEEP = "structure/too-deep", "A document nests deeper than the limit."
    STRUCTURE_REDACTED_KEY = "structure/redacted-key", "The name of a member is redacted."
    STRUCTURE_NOT_JSON = "structure/not-json", "Revealed octets of a document are not JSON."
    STRUCTURE_DUPLICATE_KEY = "structure/duplicate-key", "An object has two members of one name."
    STRUCTURE_REDACTION_WITHOUT_LEAF = (
        "structure/redaction-without-leaf",
        "No shown leaf has the direction and exactly the ranges of a redacted token.",
    )
    STRUCTURE_CLASS_MISMATCH = "structure/class-mismatch", "The class of a leaf is not that of its token."
    STRUCTURE_MALFORMED_NAME = "structure/malformed-name", "A name is not spelled in the only way it has."
    STRUCTURE_UNKNOWN_NAME = "structure/unknown-name", "A name leads to no token with octets."

    # Predicates (predicates.md, sections 1 to 4).
    PREDICATE_FIELD_TOO_LONG = (
        "predicate/field-too-long",
        "A field has more octets than its type or a proof takes.",
    )
    PREDICATE_TYPE_DOES_NOT_MATCH_TOKEN = (
        "predicate/type-does-not-match-token",
        "A type does not go with the kind of its token.",
    )
    PREDICATE_MALFORMED_FIELD = "predicate/malformed-field", "The octets of a field do not match its type."
    PREDICATE_TYPE_ERROR = (
        "predicate/type-error",
        "A condition is not of the units, types or places that it needs.",
    )
    PREDICATE_TOO_LARGE = "predicate/too-large", "A predicate exceeds a limit."
    PREDICATE_MALFORMED = "predicate/malformed", "The JSON or text form of a predicate cannot be read."
    PREDICATE_INVALID_PATTERN = "predicate/invalid-pattern", "A pattern is not of the grammar."
    PREDICATE_AUTOMATON_TOO_LARGE = (
        "predicate/automaton-too-large",
        "A pattern needs too many positions or states.",
    )
    PREDICATE_OTHER_ATTESTATION = (
        "predicate/other-attestation",
        "A predicate of a presentation is about another attestation.",
    )
    PREDICATE_UNKNOWN_TREE = (
        "predicate/unknown-tree",
        "The Prover has not the values of a tree that is named by its root.",
    )
    PREDICATE_FALSE = "predicate/false", "The predicate does not hold; only the Prover learns it."

    # Proofs about committed fields (predicates.md, sections 5 to 7).
    ZERO_KNOWLEDGE_UNSATISFIED = (
        "zero-knowledge/unsatisfied",
        "The witness does not satisfy the circuit; only the Prover learns it.",
    )
    ZERO_KNOWLEDGE_UNSUPPORTED_COMPILER_VERSION = (
        "zero-knowledge/unsupported-compiler-version",
        "A proof is for a version of the compiler that is not known.",
    )
    ZERO_KNOWLEDGE_FIELD_MISMATCH = (
        "zero-knowledge/field-mismatch",
        "The leaves of a proof are not those of its fields.",
    )
    ZERO_KNOWLEDGE_NOT_AN_ENCODING_COMMITMENT = (
        "zero-knowledge/not-an-encoding-commitment",
        "A predicate is about a leaf of which none can be proved.",
    )
    ZERO_KNOWLEDGE_OUTPUT_COUNT = (
        "zero-knowledge/output-count",
        "A proof has another number of outputs than its predicate.",
    )
    ZERO_KNOWLEDGE_UNTRUSTED_SETUP = (
        "zero-knowledge/untrusted-setup",
        "The setup of a proof is not one that the Verifier accepts.",
    )
    ZERO_KNOWLEDGE_DEVELOPMENT_SETUP = (
        "zero-knowledge/development-setup",
        "The setup of a proof is one whose secret is known.",
    )
    ZERO_KNOWLEDGE_SETUP_TOO_SMALL = (
        "zero-knowledge/setup-too-small",
        "The setup has fewer powers than the circuit needs.",
    )
    ZERO_KNOWLEDGE_MALFORMED_SETUP = "zero-knowledge/malformed-setup", "A setup cannot be read."
    ZERO_KNOWLEDGE_SETUP_STRUCTURE_INVALID = (
        "zero-knowledge/setup-structure-invalid",
        "The points of a setup are not the powers of one secret.",
    )
    ZERO_KNOWLEDGE_UNKNOWN_CEREMONY = (
        "zero-knowledge/unknown-ceremony",
        "A setup is said to be of a ceremony that is not published.",
    )
    ZERO_KNOWLEDGE_MALFORMED_KEY = (
        "zero-knowledge/malformed-key",
        "A proving or verifying key cannot be read.",
    )
    ZERO_KNOWLEDGE_MALFORMED_PROOF = "zero-knowledge/malformed-proof", "A proof cannot be read."
    ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT = (
        "zero-knowledge/public-input-count",
        "There are more or fewer public inputs than the key has.",
    )
    ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL = (
        "zero-knowledge/public-input-not-canonical",
        "A public input is not below the order of the field.",
    )
    ZERO_KNOWLEDGE_EVALUATION_NOT_CANONICAL = (
        "zero-knowledge/evaluation-not-canonical",
        "An evaluation is not below the order of the field.",
    )
    ZERO_KNOWLEDGE_POINT_NOT_CANONICAL = (
        "zero-knowledge/point-not-canonical",
        "A coordinate is not below the prime of the curve.",
    )
    ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE = (
        "zero-knowledge/point-not-on-curve",
        "A point does not satisfy the curve's equation.",
    )
    ZERO_KNOWLEDGE_POINT_NOT_IN_SUBGROUP = (
        "zero-knowledge/point-not-in-subgroup",
        "A point is on the curve and outside the group.",
    )
    ZERO_KNOWLEDGE_POINT_AT_INFINITY = (
        "zero-knowledge/point-at-infinity",
        "An element of a key is the point at infinity where it must not be.",
    )
    ZERO_KNOWLEDGE_GAMMA_EQUALS_DELTA = (
        "zero-knowledge/gamma-equals-delta",
        "The key comes from a setup whose second phase nobody contributed to.",
    )
    ZERO_KNOWLEDGE_PROOF_INVALID = "zero-knowledge/proof-invalid", "The equation of the proof does not hold."
    ZERO_KNOWLEDGE_CANCELLED = "zero-knowledge/cancelled", "The Prover gave up before the proof was made."
    ZERO_KNOWLEDGE_ELEMENT_NOT_CANONICAL = (
        "zero-knowledge/element-not-canonical",
        "A number in a file is not below its modulus.",
    )
    ZERO_KNOWLEDGE_MALFORMED_WITNESS = (
        "zero-knowledge/malformed-witness",
        "A file of a witness is not of the form that it has.",
    )
    ZERO_KNOWLEDGE_WITNESS_COUNT = (
        "zero-knowledge/witness-count",
        "A witness has another number of values than the circuit has wires.",
    )
    ZERO_KNOWLEDGE_BRIDGE_LENGTH = (
        "zero-knowledge/bridge-length",
        "The octets of a hash commitment do not fill the blocks that a hash bridge is made for.",
    )
    ZERO_KNOWLEDGE_NOT_A_HASH_COMMITMENT = (
        "zero-knowledge/not-a-hash-commitment",
        "A hash bridge is about a leaf that is no hash commitment with SHA-256.",
    )


class Rejection(Exception):
    """A check refused something. The detail says what and where, for people, and never holds a secret."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail or reason.meaning}")
        self.reason = reason
        self.detail = detail


class OutOfOrderError(TypeError):
    """A party's own code called a step in a state that does not have it; no peer can cause this."""
