/** Trees of leaves (formats.md, section 6). A leaf is what is hashed after the octet 0x00. */
import { hash } from "./algorithms.js";
import type { Octets } from "./octets.js";
import { check } from "./refused.js";

export interface Opened {
  index: number;
  leaf: Octets;
}

const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);
export const leafHash = (algorithm: number, leaf: Octets): Octets => hash(algorithm, LEAF, leaf);
const nodeHash = (algorithm: number, left: Octets, right: Octets): Octets => hash(algorithm, NODE, left, right);

/** The largest power of two below `count`, which is at least two. */
function split(count: number): number {
  let left = 1;
  while (left * 2 < count) left *= 2;
  return left;
}

/** The root of a tree, and the proof for the leaves at strictly increasing `indices`. */
export function buildTree(algorithm: number, leaves: Octets[], indices: number[]): { root: Octets; proof: Octets[] } {
  const reason = "verification/merkle-proof-invalid";
  check(leaves.length > 0 && increasingBelow(indices, leaves.length), reason);
  const proof: Octets[] = [];
  const walk = (first: number, count: number, shown: boolean): Octets => {
    const needed = shown && !indices.some((index) => first <= index && index < first + count);
    const below = shown && !needed;
    const at = split(count);
    const value = count === 1
      ? leafHash(algorithm, leaves[first])
      : nodeHash(algorithm, walk(first, at, below), walk(first + at, count - at, below));
    if (needed) proof.push(value);
    return value;
  };
  return { root: walk(0, leaves.length, indices.length > 0), proof };
}

/** The root that opened leaves, their indices strictly increasing, and the hashes of a proof lead to. */
export function rootFromProof(algorithm: number, leafCount: number, opened: Opened[], proof: Octets[]): Octets {
  const reason = "verification/merkle-proof-invalid";
  check(opened.length > 0 && increasingBelow(opened.map(({ index }) => index), leafCount), reason);
  let used = 0;
  const walk = (first: number, count: number, inside: Opened[]): Octets => {
    if (inside.length === 0) {
      check(used < proof.length, reason);
      return proof[used++];
    }
    if (count === 1) return leafHash(algorithm, inside[0].leaf);
    const at = split(count);
    const left = walk(first, at, inside.filter(({ index }) => index < first + at));
    return nodeHash(algorithm, left, walk(first + at, count - at, inside.filter(({ index }) => index >= first + at)));
  };
  const root = walk(0, leafCount, opened);
  check(used === proof.length, reason);
  return root;
}

function increasingBelow(indices: number[], limit: number): boolean {
  return indices.every((index, at) => index < limit && (at === 0 || indices[at - 1] < index));
}
