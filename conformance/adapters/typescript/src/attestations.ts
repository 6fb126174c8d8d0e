/** Whether an attestation was signed by a Notary that is trusted (formats.md, section 9.2, step 1). */
import { verifySignature, verifyingKey, type VerifyingKey } from "./algorithms.js";
import { bodyDigest, signedHeader } from "./commitments.js";
import { decode } from "./encoding.js";
import type { Attestation, AttestationBody, Extension } from "./formats.js";
import { equal } from "./octets.js";
import { check, Refused } from "./refused.js";

const FORMAT_VERSION = 1, TWO_PARTY_COMPUTATION = 1, TLS_1_2 = 0x0303, SUITES = [0xc02b, 0xc02f];
export const TOLERATED_SECONDS = 300n;

/** A Notary whose key is trusted for attestations of a time, in Unix seconds, both ends included. */
export interface TrustedNotary {
  key: VerifyingKey;
  notBefore: bigint;
  notAfter: bigint;
}

export function verifyAttestation(
  { header, body, signature }: Attestation, notaries: TrustedNotary[], now: bigint, knownExtensions: string[] = [],
): void {
  check(header.formatVersion === FORMAT_VERSION, "verification/unknown-format-version");
  check(header.signatureAlgorithm === body.verifyingKey.algorithm, "verification/algorithm-mismatch");
  const { time, mode, tlsVersion, cipherSuite } = body.connection;
  const notary = notaries.find(({ key }) => sameKey(key, body.verifyingKey));
  check(notary !== undefined, "verification/untrusted-notary");
  check(notary.notBefore <= time && time <= notary.notAfter, "verification/notary-key-expired");
  verifySignature(notary.key, signedHeader(header), signature, "verification/signature-invalid");
  const digest = bodyDigest(header.bodyHashAlgorithm, body);
  check(equal(header.bodyDigest, digest), "verification/body-digest-mismatch");
  check(mode === TWO_PARTY_COMPUTATION, "verification/unsupported-mode");
  check(tlsVersion === TLS_1_2, "verification/unsupported-tls-version");
  check(SUITES.includes(cipherSuite), "verification/unsupported-cipher-suite");
  const ofNotary = ({ id }: Extension): boolean => id.startsWith("notary/");
  const inPlace = !body.proverExtensions.some(ofNotary) && body.notaryExtensions.every(ofNotary);
  check(inPlace, "verification/misplaced-extension");
  for (const { id, critical } of [...body.proverExtensions, ...body.notaryExtensions])
    check(!critical || id === "holder-key" || knownExtensions.includes(id), "verification/unknown-critical-extension");
  holderKey(body);
  check(time <= now + TOLERATED_SECONDS, "verification/attested-in-the-future");
}

const sameKey = (left: VerifyingKey, right: VerifyingKey): boolean =>
  left.algorithm === right.algorithm && equal(left.key, right.key);

/** The key to which the attestation is bound, if there is one. */
export function holderKey(body: AttestationBody): VerifyingKey | null {
  const extension = body.proverExtensions.find(({ id }) => id === "holder-key");
  if (extension === undefined) return null;
  const reason = "verification/unknown-critical-extension";
  check(extension.critical, reason);
  try {
    return decode(verifyingKey, extension.value);
  } catch (error) {
    throw error instanceof Refused ? new Refused(reason) : error;
  }
}
