/** What the parties of a session send each other (formats.md, section 9). */
import { hashAlgorithm, signatureAlgorithm, verifyingKey } from "./algorithms.js";
import {
  bool, bytes, choice, fixed, list, option, string, struct, u8, u16, u32, u64, variants,
} from "./encoding.js";
import {
  attestation, direction, extensions, identityProof, lexicalClass, scalar, transcriptCommitment, transcriptProof,
} from "./formats.js";
import { rangeSet } from "./ranges.js";

const nothing = struct({});
const budget = struct({ sentOctets: u32, sentRecords: u16, receivedOctets: u32, receivedRecords: u16 });
const record = struct({
  contentType: u8, version: u16, explicitNonce: fixed(8), ciphertext: bytes(16384), tag: fixed(16),
});
const commitRequest = struct({
  direction,
  ranges: rangeSet,
  commitment: variants({ hash: struct({ algorithm: hashAlgorithm }), encoding: nothing }),
  lexicalClass,
});
const suites = list(u16, 16);

export const sessionMessage = variants({
  Refusal: struct({ reason: string(64) }),
  SessionRequest: struct({
    protocolVersions: list(u16, 16), engineProfiles: list(string(64), 16), tlsVersions: list(u16, 16),
    cipherSuites: suites, session: choice(2), signatureAlgorithms: list(u8, 8), budget, nonce: fixed(32),
  }),
  SessionAnswer: struct({
    protocolVersion: u16, engineProfile: string(64), tlsVersion: u16, cipherSuites: suites, signatureAlgorithm,
    budget, sessionId: fixed(32), verifyingKey, signature: fixed(64),
  }),
  ProverKeyShareCommitment: struct({ commitment: fixed(32) }),
  NotaryKeyShare: struct({ publicKey: fixed(65), random: fixed(32) }),
  ProverKeyShare: struct({ publicKey: fixed(65), random: fixed(32), blinder: fixed(32) }),
  TlsHandshakeData: struct({
    tlsVersion: u16, cipherSuite: u16, clientRandom: fixed(32), serverRandom: fixed(32), extendedMasterSecret: bool,
    sessionHash: option(fixed(32)), serverEphemeralKey: fixed(65), handshakeCommitment: fixed(32),
  }),
  RecordedSessionParameters: struct({ digest: fixed(32) }),
  FinishedHash: struct({ direction, hash: fixed(32) }),
  SentRecordCiphertext: struct({ sequenceNumber: u64, contentType: u8, ciphertext: bytes(16384) }),
  TagShare: struct({ sequenceNumber: u64, share: fixed(16) }),
  SentRecord: struct({ sequenceNumber: u64, record }),
  ReceivedRecord: struct({ record }),
  CloseSession: nothing,
  SessionClosed: nothing,
  SubmitTranscriptCommitConfig: struct({
    config: list(commitRequest, 4096), treeAlgorithm: hashAlgorithm, bodyHashAlgorithm: hashAlgorithm, proverExtensions: extensions,
  }),
  IncludeCommitments: struct({ commitments: list(transcriptCommitment, 4096) }),
  MerkleTreeRoot: struct({ root: fixed(32) }),
  SignedAttestation: struct({ attestation, keyExchangeBlinder: fixed(32) }),
  Disclosure: struct({ identity: option(identityProof), transcript: option(transcriptProof) }),
  DisclosureAccepted: nothing,
  EncodingCommitments: struct({ commitments: list(scalar, 4096) }),
});
