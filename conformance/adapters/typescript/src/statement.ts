/** Predicate proofs as a presentation holds them, and what they are about (predicates.md, section 5). */
import { context, hash, SHA256 } from "./algorithms.js";
import { bytes, fixed, list, option, string, struct, u8, u16, u32, type Value } from "./encoding.js";
import { scalar } from "./formats.js";
import { bigEndian, littleEndian, type Octets } from "./octets.js";

export const COMPILER_VERSION = 1;
export const predicateProof = struct({
  predicate: bytes(16384),
  leaves: list(u32, 16),
  compilerVersion: u16,
  setupDigest: fixed(32),
  outputs: list(scalar, 8),
  proof: fixed(768),
});
export const audience = option(struct({ audience: string(255), nonce: bytes(64, 16) }));
export type Audience = Value<typeof audience>;

const statement = struct({
  compilerVersion: u16,
  predicateDigest: fixed(32),
  headerDigests: list(fixed(32), 4),
  leaves: list(struct({ attestation: u8, index: u32 }), 16),
  audience,
});

export interface Statement {
  predicate: Octets;
  headerDigests: Octets[];
  leaves: { attestation: number; index: number; commitment: Octets; offset: Octets; factor: Octets; length: number }[];
  outputs: Octets[];
  audience: Audience;
}

export const predicateDigest = (predicate: Octets): Octets => hash(SHA256, context("predicate"), predicate);

export function statementDigest(of: Statement): Octets {
  const about = { ...of, compilerVersion: COMPILER_VERSION, predicateDigest: predicateDigest(of.predicate) };
  return hash(SHA256, context("statement"), statement.write(about));
}

/** The public inputs of the proof, in order. */
export function publicInputs(of: Statement): bigint[] {
  const digest = statementDigest(of);
  return [
    bigEndian(digest.subarray(0, 16)),
    bigEndian(digest.subarray(16)),
    ...of.leaves.flatMap(({ commitment, offset, factor, length }) =>
      [...[commitment, offset, factor].map(littleEndian), BigInt(length)]),
    ...of.outputs.map(littleEndian),
  ];
}
