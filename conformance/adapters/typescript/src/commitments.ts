/** Hash commitments, and the commitments and digests of an attestation (formats.md, sections 3, 5 and 7). */
import { blake3 } from "@noble/hashes/blake3.js";
import { BLAKE3, context, hash, SHA256 } from "./algorithms.js";
import { u32, u64, string, bytes } from "./encoding.js";
import {
  attestationBody, handshakeData, header, presentation,
  type AttestationBody, type Attestation, type Binding, type HandshakeData, type KeyExchangeOpening, type Presentation,
} from "./formats.js";
import { concatenated, type Octets } from "./octets.js";

const BLOCKS: Record<number, [name: string, octets: number]> = {
  1: ["sha256", 64], 2: ["blake3", 0], 3: ["keccak256", 136],
};

/** The value of a hash commitment to octets, with a blinder of 16 octets. */
export function hashCommitment(algorithm: number, octets: Octets, blinder: Octets): Octets {
  const [name, size] = BLOCKS[algorithm];
  const start = context(`hash-commitment/${name}`);
  const rest = concatenated(u32.write(octets.length), octets, blinder);
  if (algorithm === BLAKE3) return blake3(rest, { context: start.subarray(0, -1) });
  const block = new Uint8Array(size);
  block.set(start);
  return hash(algorithm, block, rest);
}

export const handshakeCommitment = (blinder: Octets, data: HandshakeData): Octets =>
  hash(SHA256, context("handshake-commitment"), blinder, handshakeData.write(data));

export const keyExchangeCommitment = (opened: KeyExchangeOpening): Octets =>
  hash(SHA256, context("key-exchange-commitment"),
    opened.clientRandom, opened.serverRandom, opened.serverEphemeralKey, opened.blinder);

export const bodyDigest = (algorithm: number, body: AttestationBody): Octets =>
  hash(algorithm, context("attestation-body"), attestationBody.write(body));

/** What the Notary signs. */
export const signedHeader = (of: Attestation["header"]): Octets =>
  concatenated(context("attestation-header"), header.write(of));

export const headerDigest = (of: Attestation["header"]): Octets =>
  hash(SHA256, context("header-digest"), header.write(of));

export const presentationDigest = (of: Presentation): Octets =>
  hash(SHA256, context("presentation-digest"), presentation.write({ ...of, binding: null }));

/** What the holder signs. */
export const boundOctets = (of: Presentation, to: Omit<Binding, "signature">): Octets =>
  concatenated(
    context("binding"), headerDigest(of.attestation.header), presentationDigest(of),
    string(255).write(to.audience), bytes(64).write(to.nonce), u64.write(to.issued), u64.write(to.expiry),
  );
