/** The structs of artifacts (formats.md, sections 4, 5, 7 and 8). */
import { hashAlgorithm, signatureAlgorithm, verifyingKey } from "./algorithms.js";
import {
  bool, bytes, choice, decode, fixed, list, option, ruled, string, struct, u8, u16, u32, u64, variants,
  type Codec, type Value,
} from "./encoding.js";
import { ascii, compared, concatenated, littleEndian, utf8, type Octets } from "./octets.js";
import { rangeSet } from "./ranges.js";
import { check } from "./refused.js";

/** The order of the scalar field of BN254. */
export const FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
export const ENCODING_OCTETS = 65535;
const TRANSCRIPT_OCTETS = 2 ** 24, MOST_COMMITMENTS = 4096;

export const direction = choice(2);
export const lexicalClass = choice(5);
/** An element of the scalar field, 32 octets little-endian. */
export const scalar = ruled(fixed(32), (octets) => littleEndian(octets) < FIELD_ORDER);

export const transcriptCommitment = variants({
  hash: struct({ direction, ranges: rangeSet, lexicalClass, algorithm: hashAlgorithm, value: fixed(32) }),
  encoding: struct({ direction, ranges: rangeSet, lexicalClass, commitment: scalar, offset: scalar, factor: scalar }),
});
export type TranscriptCommitment = Value<typeof transcriptCommitment>;

const extension = ruled(struct({ id: string(64), critical: bool, value: bytes(4096) }), ({ id }) =>
  /^[a-z0-9][a-z0-9./-]*$/.test(id));
export type Extension = Value<typeof extension>;
export const extensions = ruled(list(extension, 32), (all) =>
  all.every(({ id }, at) => at === 0 || compared(utf8(all[at - 1].id), utf8(id)) < 0));

export const handshakeData = struct({
  certificates: list(bytes(65535), 16, 1),
  signatureAlgorithm: u16,
  signature: bytes(1024),
});
export type HandshakeData = Value<typeof handshakeData>;

export const attestationBody = struct({
  verifyingKey,
  connection: struct({
    time: u64, mode: u8, tlsVersion: u16, cipherSuite: u16, extendedMasterSecret: bool,
    sentLength: u32, receivedLength: u32, closure: choice(2),
  }),
  keyExchangeCommitment: fixed(32),
  handshakeCommitment: fixed(32),
  transcriptCommitments: struct({ algorithm: hashAlgorithm, leafCount: u32, root: fixed(32) }),
  proverExtensions: extensions,
  notaryExtensions: extensions,
});
export type AttestationBody = Value<typeof attestationBody>;

export const header = struct({
  formatVersion: u16, signatureAlgorithm, bodyHashAlgorithm: hashAlgorithm,
  attestationId: fixed(16), bodyDigest: fixed(32),
});
export const attestation = struct({ header, body: attestationBody, signature: fixed(64) });
export type Attestation = Value<typeof attestation>;

export const keyExchangeOpening = struct({
  clientRandom: fixed(32), serverRandom: fixed(32), serverEphemeralKey: fixed(65), blinder: fixed(32),
});
export type KeyExchangeOpening = Value<typeof keyExchangeOpening>;
const handshakeOpening = struct({ data: handshakeData, blinder: fixed(32) });
export const identityProof = struct({
  serverName: string(255), keyExchange: keyExchangeOpening, handshake: handshakeOpening,
});
export type IdentityProof = Value<typeof identityProof>;

const opening = variants({
  hash: struct({ octets: bytes(TRANSCRIPT_OCTETS), blinder: fixed(16) }),
  encoding: struct({ octets: bytes(ENCODING_OCTETS), blinder: scalar }),
  withheld: struct({}),
});
const commitmentOpening = struct({ index: u32, commitment: transcriptCommitment, opening });
export type CommitmentOpening = Value<typeof commitmentOpening>;
export const transcriptProof = ruled(
  struct({ openings: list(commitmentOpening, MOST_COMMITMENTS, 1), proof: list(fixed(32), 65536) }),
  ({ openings }) => openings.every(({ index }, at) => at === 0 || openings[at - 1].index < index),
);
export type TranscriptProof = Value<typeof transcriptProof>;

export const binding = struct({
  audience: string(255), nonce: bytes(64, 16), issued: u64, expiry: u64, signature: fixed(64),
});
export type Binding = Value<typeof binding>;
/** As a presentation holds it, in octets (predicates.md, section 5). */
export const predicateProof = struct({
  predicate: bytes(16384), leaves: list(u32, 16), compilerVersion: u16, setupDigest: fixed(32),
  outputs: list(scalar, 8), proof: fixed(768),
});
export const presentation = struct({
  attestation,
  identity: option(identityProof),
  transcript: option(transcriptProof),
  predicates: list(bytes(65536), 256),
  binding: option(binding),
});
export type Presentation = Value<typeof presentation>;

const commitmentSecret = variants({ hash: struct({ blinder: fixed(16) }), encoding: struct({ blinder: fixed(32) }) });
export const attestationSecrets = struct({
  serverName: string(255),
  keyExchange: keyExchangeOpening,
  handshake: handshakeOpening,
  sent: bytes(TRANSCRIPT_OCTETS),
  received: bytes(TRANSCRIPT_OCTETS),
  commitments: list(struct({ commitment: transcriptCommitment, opening: commitmentSecret }), MOST_COMMITMENTS),
});

/** A stored file: magic, type, format version, and the value. */
const stored = <T>(type: number, value: Codec<T>): Codec<T> => ({
  read(from) {
    check(ascii(from.take(6)) === "mpctls" && from.take(1)[0] === type, "encoding/not-this-file-type");
    check(u16.read(from) === 1, "encoding/unknown-format-version");
    return value.read(from);
  },
  write: (of) => concatenated(utf8("mpctls"), u8.write(type), u16.write(1), value.write(of)),
});
export const attestationFile = stored(1, attestation);
export const attestationSecretsFile = stored(2, attestationSecrets);
export const presentationFile = stored(3, presentation);
export const readPresentation = (file: Octets): Presentation => decode(presentationFile, file);
