/** Verification of whole presentations (formats.md, section 9.2). */
import { verifySignature } from "./algorithms.js";
import { holderKey, TOLERATED_SECONDS, verifyAttestation, type TrustedNotary } from "./attestations.js";
import { boundOctets } from "./commitments.js";
import { decode } from "./encoding.js";
import { predicateProof, type AttestationBody, type Presentation } from "./formats.js";
import { verifyIdentity, type ServerVerifier } from "./identity.js";
import { equal, type Octets } from "./octets.js";
import { verifyOpenings, type PartialTranscript } from "./openings.js";
import { check } from "./refused.js";

export interface Expectations {
  notaries: TrustedNotary[];
  /** Unix seconds. */
  now: bigint;
  /** How certificates are verified; null where the platform cannot. */
  verifyServer: ServerVerifier | null;
  /** Names of which the Server must have one; null: any, and none is needed. */
  serverNames: string[] | null;
  /** What the Verifier asked the holder to sign; null where it asked for nothing. */
  binding: { audience: string; nonce: Octets } | null;
  /** Seconds that an attestation may be old; null: any number. */
  maximumAge: bigint | null;
  requiredExtensions: string[];
  knownExtensions: string[];
}

export interface Verified {
  body: AttestationBody;
  /** Null where the presentation does not say it. */
  serverName: string | null;
  transcript: PartialTranscript;
}

/** What a presentation shows. Refuses one that does not show it, or not what is expected. */
export function verifyPresentation(presentation: Presentation, expected: Expectations): Verified {
  const { attestation, identity, transcript } = presentation;
  const { body } = attestation;
  verifyAttestation(attestation, expected.notaries, expected.now, expected.knownExtensions);
  const serverName = identity === null ? null : verifyIdentity(body, identity, expected.verifyServer);
  const shown = verifyOpenings(body, transcript);
  for (const proof of presentation.predicates) {
    decode(predicateProof, proof);
    check(false, "verification/unsupported-predicate");
  }
  verifyBinding(presentation, expected);
  verifyPolicy(body, serverName, expected);
  return { body, serverName, transcript: shown };
}

function verifyBinding(presentation: Presentation, { binding: asked, now }: Expectations): void {
  const { binding } = presentation;
  const key = holderKey(presentation.attestation.body);
  if (binding === null) {
    check(key === null && asked === null, "verification/binding-required");
    return;
  }
  check(key !== null, "verification/binding-without-holder-key");
  verifySignature(key, boundOctets(presentation, binding), binding.signature, "verification/binding-signature-invalid");
  if (asked !== null) {
    check(binding.audience === asked.audience, "verification/binding-audience-mismatch");
    check(equal(binding.nonce, asked.nonce), "verification/binding-nonce-mismatch");
  }
  const begun = binding.issued <= now + TOLERATED_SECONDS && binding.issued <= binding.expiry;
  check(begun, "verification/binding-not-yet-valid");
  check(now <= binding.expiry, "verification/binding-expired");
}

function verifyPolicy(body: AttestationBody, serverName: string | null, expected: Expectations): void {
  if (expected.serverNames !== null) {
    check(serverName !== null, "verification/identity-required");
    const allowed = expected.serverNames.some((name) => name.toLowerCase() === serverName.toLowerCase());
    check(allowed, "verification/server-not-allowed");
  }
  const { maximumAge, now } = expected;
  check(maximumAge === null || now - body.connection.time <= maximumAge, "verification/attestation-too-old");
  const present = [...body.proverExtensions, ...body.notaryExtensions].map(({ id }) => id);
  for (const id of expected.requiredExtensions)
    check(present.includes(id), "verification/required-extension-missing");
}
