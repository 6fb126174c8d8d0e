/** Hashes, signatures and verifying keys by their numbers (formats.md, sections 2 and 3). */
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { blake3 } from "@noble/hashes/blake3.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytes, identifier, ruled, struct, type Value } from "./encoding.js";
import { bigEndian, concatenated, equal, littleEndian, utf8, type Octets } from "./octets.js";
import { check } from "./refused.js";

export const SHA256 = 1, BLAKE3 = 2, KECCAK256 = 3;
const ED25519 = 1, ECDSA_P256_SHA256 = 2, ECDSA_SECP256K1_SHA256 = 3, ECDSA_SECP256K1_KECCAK256 = 4;

export const hashAlgorithm = identifier(SHA256, BLAKE3, KECCAK256);
export const signatureAlgorithm = identifier(
  ED25519, ECDSA_P256_SHA256, ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256,
);
const HASHES: Record<number, (octets: Octets) => Octets> = { 1: sha256, 2: blake3, 3: keccak_256 };
const CURVES = { 2: p256, 3: secp256k1, 4: secp256k1 };

export const hash = (algorithm: number, ...parts: Octets[]): Octets => HASHES[algorithm](concatenated(...parts));

/** The octets of a context, with the zero octet at its end. */
export const context = (name: string): Octets => utf8(`mpctls/1/${name}\0`);

export const verifyingKey = ruled(struct({ algorithm: signatureAlgorithm, key: bytes(64) }), isKey);
export type VerifyingKey = Value<typeof verifyingKey>;

function isKey({ algorithm, key }: { algorithm: number; key: Octets }): boolean {
  if (key.length !== (algorithm === ED25519 ? 32 : 33)) return false;
  try {
    if (algorithm === ED25519) return !ed25519.Point.fromBytes(key, false).isSmallOrder();
    CURVES[algorithm as keyof typeof CURVES].Point.fromBytes(key);
    return true;
  } catch {
    return false; // The library throws where octets are no point of the curve.
  }
}

/** Refuses, with the reason given, a signature that is not valid. */
export function verifySignature(key: VerifyingKey, message: Octets, signature: Octets, reason: string): void {
  check(signature.length === 64, reason);
  check(key.algorithm === ED25519 ? ed25519Valid(key, message, signature) : ecdsaValid(key, message, signature), reason);
}

/** RFC 8032 without the cofactor: S below the order, and R equal as octets to S·B − k·A. */
function ed25519Valid({ key }: VerifyingKey, message: Octets, signature: Octets): boolean {
  const { Point } = ed25519;
  const commitment = signature.subarray(0, 32);
  const response = littleEndian(signature.subarray(32));
  if (response >= Point.Fn.ORDER) return false;
  const challenge = Point.Fn.create(littleEndian(sha512(concatenated(commitment, key, message))));
  const expected = Point.BASE.multiplyUnsafe(response).subtract(Point.fromBytes(key, false).multiplyUnsafe(challenge));
  return equal(expected.toBytes(), commitment);
}

function ecdsaValid({ algorithm, key }: VerifyingKey, message: Octets, signature: Octets): boolean {
  const curve = CURVES[algorithm as keyof typeof CURVES];
  const order = curve.Point.Fn.ORDER;
  const [r, s] = [bigEndian(signature.subarray(0, 32)), bigEndian(signature.subarray(32))];
  if (r === 0n || r >= order || s === 0n || s > order / 2n) return false;
  const digest = hash(algorithm === ECDSA_SECP256K1_KECCAK256 ? KECCAK256 : SHA256, message);
  return curve.verify(signature, digest, key, { prehash: false, lowS: false });
}
