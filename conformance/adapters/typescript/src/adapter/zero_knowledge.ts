/** Operations of encoding commitments, statements and proofs. */
import { decode } from "../encoding.js";
import { encodingCommitment, scalar } from "../formats.js";
import { bigEndian, fromHex, littleEndian, toBigEndian, toHex, toLittleEndian } from "../octets.js";
import { readPoint, readTwistPoint, verifyPlonk } from "../plonk.js";
import * as encodings from "../poseidon.js";
import { sizeOf } from "../ranges.js";
import { predicateProof, publicInputs, statementDigest } from "../statement.js";
import type { Json, Operation } from "./operations.js";

const element = (digits: string): bigint => littleEndian(decode(scalar, fromHex(digits)));
const written = (value: bigint): string => toHex(toLittleEndian(value, 32));

export const ZERO_KNOWLEDGE: Record<string, Operation> = {
  "foundation/poseidon": ({ inputs }) => ({ hash: written(encodings.poseidon((inputs as string[]).map(element))) }),
  "foundation/hash-header": ({ kind, direction, length }) => ({
    header: Number(encodings.hashHeader(kind, direction, length)),
  }),
  "foundation/encode-octets": ({ direction, octets, offset, factor, blinder }) => {
    const elements = encodings.elementsOf(fromHex(octets));
    const message = encodings.messageOf(element(offset), element(factor), elements);
    const commitment = encodings.commit(direction, fromHex(octets), message, element(blinder));
    return { elements: elements.map(written), message: written(message), commitment: written(commitment) };
  },
  "foundation/open-encoding": ({ direction, octets, offset, factor, blinder, commitment }) => {
    const [k, delta, beta, value] = [offset, factor, blinder, commitment].map(element);
    const leaf = { direction, commitment: value, offset: k, factor: delta };
    return { opens: encodings.opensEncoding(leaf, fromHex(octets), beta) };
  },
  "foundation/statement": (input) => {
    const about = {
      predicate: fromHex(input.predicate),
      headerDigests: (input.header_digests as string[]).map(fromHex),
      leaves: (input.leaves as [number, number, string][]).map(([attestation, index, leaf]) =>
        ({ attestation, index, ...encodingLeaf(leaf) })),
      outputs: (input.outputs as string[]).map(fromHex),
      audience: readAudience(input.audience),
    };
    const publics = publicInputs(about).map((each) => toHex(toBigEndian(each, 32)));
    return { digest: toHex(statementDigest(about)), publics };
  },
  "foundation/decode-proof": ({ octets }) => ({
    octets: toHex(predicateProof.write(decode(predicateProof, fromHex(octets)))),
  }),
  "verification/plonk-proof": ({ power, public_count, polynomials, tau, publics, proof }) => {
    const points = (polynomials as string[]).map((each) => readPoint(fromHex(each)));
    const key = { power, publicCount: public_count, polynomials: points, tau: readTwistPoint(fromHex(tau)) };
    verifyPlonk(key, (publics as string[]).map((each) => bigEndian(fromHex(each))), fromHex(proof));
    return {};
  },
};

function encodingLeaf(leaf: string) {
  const { ranges, commitment, offset, factor } = decode(encodingCommitment, fromHex(leaf));
  return { commitment, offset, factor, length: sizeOf(ranges) };
}

function readAudience(audience: Json) {
  return audience === null ? null : { audience: audience[0] as string, nonce: fromHex(audience[1]) };
}
