/** Poseidon over the scalar field of BN254, and encoding commitments (formats.md, section 5.1). */
import { bn254 } from "@noble/curves/bn254.js";
import { grainGenConstants, poseidon as permutation } from "@noble/curves/abstract/poseidon.js";
import { littleEndian, type Octets } from "./octets.js";

const PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
const OCTETS_OF_ELEMENT = 31, ELEMENTS_AT_ONCE = 13, ELEMENTS_OF_LINK = 14;
export const field = bn254.fields.Fr;
const permutations = new Map<number, (state: bigint[]) => bigint[]>();

/** The hash of one to sixteen field elements. */
export function poseidon(inputs: bigint[]): bigint {
  const t = inputs.length + 1;
  let permute = permutations.get(t);
  if (permute === undefined) {
    const options = { Fp: field, t, roundsFull: 8, roundsPartial: PARTIAL_ROUNDS[t - 2] };
    permute = permutation({ ...options, ...grainGenConstants(options), sboxPower: 5 });
    permutations.set(t, permute);
  }
  return permute([0n, ...inputs])[0];
}

export const ENCODING = 1, BARE = 2;

/** hdr: what a hash is for. */
export const hashHeader = (kind: number, direction: number, length: number): bigint =>
  1n + (BigInt(kind) << 8n) + (BigInt(direction) << 16n) + (BigInt(length) << 32n);

export function elementsOf(octets: Octets): bigint[] {
  const count = Math.ceil(octets.length / OCTETS_OF_ELEMENT);
  return Array.from({ length: count }, (_, at) =>
    littleEndian(octets.subarray(at * OCTETS_OF_ELEMENT, (at + 1) * OCTETS_OF_ELEMENT)));
}

/** m = k + Σ Δ^e · x_e. */
export function messageOf(offset: bigint, factor: bigint, elements: bigint[]): bigint {
  const sum = elements.reduceRight((rest, element) => field.mul(field.add(rest, element), factor), 0n);
  return field.add(offset, sum);
}

export function commit(direction: number, octets: Octets, message: bigint, blinder: bigint): bigint {
  const head = hashHeader(ENCODING, direction, octets.length);
  const elements = elementsOf(octets);
  if (elements.length <= ELEMENTS_AT_ONCE) return poseidon([head, message, blinder, ...elements]);
  const link = (number: number): bigint => head + (BigInt(number) << 64n);
  const links = Math.ceil(elements.length / ELEMENTS_OF_LINK);
  let state = blinder;
  for (let number = 1; number <= links; number++) {
    const part = elements.slice((number - 1) * ELEMENTS_OF_LINK, number * ELEMENTS_OF_LINK);
    while (part.length < ELEMENTS_OF_LINK) part.push(0n);
    state = poseidon([link(number), state, ...part]);
  }
  return poseidon([link(links + 1), state, message]);
}

export interface EncodingLeaf {
  direction: number;
  commitment: bigint;
  offset: bigint;
  factor: bigint;
}

export function opensEncoding(leaf: EncodingLeaf, octets: Octets, blinder: bigint): boolean {
  const message = messageOf(leaf.offset, leaf.factor, elementsOf(octets));
  return leaf.commitment === commit(leaf.direction, octets, message, blinder);
}
