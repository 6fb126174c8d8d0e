/** Operations of encoding commitments and proofs. */
import { decode } from "../encoding.js";
import { predicateProof, scalar } from "../formats.js";
import { bigEndian, fromHex, littleEndian, toHex, toLittleEndian } from "../octets.js";
import { readPoint, readTwistPoint, verifyPlonk } from "../plonk.js";
import * as encodings from "../poseidon.js";
import type { Operation } from "./operations.js";

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
