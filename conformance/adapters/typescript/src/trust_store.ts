/** The Notaries that a Verifier trusts, as a JSON file names them (formats.md, section 8). */
import { verifyingKey } from "./algorithms.js";
import type { TrustedNotary } from "./attestations.js";
import { decode } from "./encoding.js";
import { concatenated, fromHex } from "./octets.js";

const ALGORITHMS = ["ed25519", "ecdsa-p256-sha256", "ecdsa-secp256k1-sha256", "ecdsa-secp256k1-keccak256"];

/** Throws TypeError where the text is not of this form; it is the Verifier's own. */
export function readTrustStore(text: string): TrustedNotary[] {
  const { notaries } = JSON.parse(text) as { notaries: Record<string, unknown>[] };
  return notaries.map(({ algorithm, key, not_before, not_after }) => {
    if (!ALGORITHMS.includes(algorithm as string) || !Number.isSafeInteger(not_before) || !Number.isSafeInteger(not_after))
      throw new TypeError("a notary of a trust store has algorithm, key, not_before and not_after");
    const octets = fromHex(key as string);
    const written = concatenated(Uint8Array.of(ALGORITHMS.indexOf(algorithm as string) + 1, octets.length), octets);
    return {
      key: decode(verifyingKey, written), notBefore: BigInt(not_before as number), notAfter: BigInt(not_after as number),
    };
  });
}
