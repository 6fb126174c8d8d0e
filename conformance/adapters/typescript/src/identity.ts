/** With which Server the connection was (formats.md, section 9.2, step 2). */
import { handshakeCommitment, keyExchangeCommitment } from "./commitments.js";
import type { AttestationBody, HandshakeData, IdentityProof } from "./formats.js";
import { concatenated, equal, fromHex, type Octets } from "./octets.js";
import { check, Unsupported } from "./refused.js";

export interface ServerEvidence {
  name: string;
  handshake: HandshakeData;
  cipherSuite: number;
  /** What the Server's signature of its key exchange is over. */
  signed: Octets;
  /** The attested time, in Unix seconds. */
  time: bigint;
}
/**
 * Refuses evidence that is not of the Server of its name: name, chain and signature, with the reasons of step 2 from
 * the first `verification/certificate-invalid` on. Platforms differ in what they can say of certificates.
 */
export type ServerVerifier = (evidence: ServerEvidence) => void;

export function verifyIdentity(body: AttestationBody, proof: IdentityProof, verifier: ServerVerifier | null): string {
  const { serverName, keyExchange, handshake } = proof;
  check(equal(body.keyExchangeCommitment, keyExchangeCommitment(keyExchange)),
    "verification/key-exchange-commitment-mismatch");
  check(equal(body.handshakeCommitment, handshakeCommitment(handshake.blinder, handshake.data)),
    "verification/handshake-commitment-mismatch");
  check(isServerName(serverName), "verification/server-name-mismatch");
  if (verifier === null) throw new Unsupported("server-identity");
  const { clientRandom, serverRandom, serverEphemeralKey } = keyExchange;
  const { cipherSuite, time } = body.connection;
  const signed = signedKeyExchange(clientRandom, serverRandom, serverEphemeralKey);
  verifier({ name: serverName, handshake: handshake.data, cipherSuite, signed, time });
  return serverName;
}

/** The parameters of the key exchange as TLS 1.2 signs them: a named curve, P-256, and a point of 65 octets. */
export const signedKeyExchange = (clientRandom: Octets, serverRandom: Octets, ephemeralKey: Octets): Octets =>
  concatenated(clientRandom, serverRandom, fromHex("03001741"), ephemeralKey);

/** A lower-case DNS name, or an address in canonical text. */
export function isServerName(name: string): boolean {
  return isAddress(name) || isDnsName(name);
}

export function isAddress(name: string): boolean {
  if (/^\d+(\.\d+){3}$/.test(name)) return name.split(".").every((part) => String(Number(part)) === part && Number(part) < 256);
  if (!name.includes(":") || !/^[0-9a-f:.]+$/.test(name)) return false;
  try {
    // The URL standard writes an address of version 6 in its one canonical form (RFC 5952).
    return new URL(`http://[${name}]/`).hostname === `[${name}]`;
  } catch {
    return false;
  }
}

function isDnsName(name: string): boolean {
  const labels = name.split(".");
  const wellFormed = labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label));
  return name.length <= 253 && wellFormed && !/^(\d+|0x[0-9a-f]*)$/.test(labels[labels.length - 1]);
}
