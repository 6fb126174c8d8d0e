/** Whether opened commitments are those of an attestation, and what they show (formats.md, section 9.2, steps 3 and 4). */
import { hashCommitment } from "./commitments.js";
import { transcriptCommitment, type AttestationBody, type CommitmentOpening, type TranscriptProof } from "./formats.js";
import { rootFromProof } from "./merkle.js";
import { equal, littleEndian, type Octets } from "./octets.js";
import { opensEncoding } from "./poseidon.js";
import { sizeOf, within } from "./ranges.js";
import { check } from "./refused.js";

/** Authenticated octets that follow each other, from a position on. */
export interface Run {
  start: number;
  octets: Octets;
}
/** What is known of one direction: its length, and its authenticated octets. */
export interface PartialDirection {
  length: number;
  runs: Run[];
}
/** Both directions, sent first. */
export type PartialTranscript = [PartialDirection, PartialDirection];

export function verifyOpenings(body: AttestationBody, shown: TranscriptProof | null): PartialTranscript {
  const lengths = [body.connection.sentLength, body.connection.receivedLength];
  const { algorithm, leafCount, root } = body.transcriptCommitments;
  for (const opening of shown?.openings ?? []) verifyOpening(opening, leafCount, lengths);
  if (shown !== null) {
    const opened = shown.openings.map(({ index, commitment }) =>
      ({ index, leaf: transcriptCommitment.write(commitment) }));
    const computed = rootFromProof(algorithm, leafCount, opened, shown.proof);
    check(equal(computed, root), "verification/merkle-proof-invalid");
  }
  const runs = [0, 1].map((direction) => authenticated(
    (shown?.openings ?? []).filter(({ commitment }) => commitment.direction === direction)));
  return [{ length: lengths[0], runs: runs[0] }, { length: lengths[1], runs: runs[1] }];
}

function verifyOpening({ index, commitment, opening }: CommitmentOpening, leafCount: number, lengths: number[]): void {
  check(index < leafCount, "verification/leaf-index-out-of-range");
  check(within(commitment.ranges, lengths[commitment.direction]), "verification/range-out-of-bounds");
  if (opening.kind === "withheld") return;
  check(opening.kind === commitment.kind, "verification/opening-kind-mismatch");
  check(opening.octets.length === sizeOf(commitment.ranges), "verification/opening-length-mismatch");
  check(opens(commitment, opening.octets, opening.blinder), "verification/opening-mismatch");
}

function opens(commitment: CommitmentOpening["commitment"], octets: Octets, blinder: Octets): boolean {
  if (commitment.kind === "hash")
    return equal(commitment.value, hashCommitment(commitment.algorithm, octets, blinder));
  const { direction, offset, factor } = commitment;
  const leaf = {
    direction, commitment: littleEndian(commitment.commitment),
    offset: littleEndian(offset), factor: littleEndian(factor),
  };
  return opensEncoding(leaf, octets, littleEndian(blinder));
}

/** The octets of openings of one direction; where two have the same position, they must agree. */
function authenticated(openings: CommitmentOpening[]): Run[] {
  const pieces: Run[] = [];
  for (const { commitment, opening } of openings) {
    if (opening.kind === "withheld") continue;
    let used = 0;
    for (const { start, end } of commitment.ranges)
      pieces.push({ start, octets: opening.octets.subarray(used, (used += end - start)) });
  }
  pieces.sort((left, right) => left.start - right.start);
  const runs: Run[] = [];
  for (let first = 0; first < pieces.length; ) {
    const { start } = pieces[first];
    let end = start;
    let next = first;
    for (; next < pieces.length && pieces[next].start <= end || next === first; next++)
      end = Math.max(end, pieces[next].start + pieces[next].octets.length);
    const octets = new Uint8Array(end - start);
    let filled = 0;
    for (; first < next; first++) {
      const at = pieces[first].start - start;
      const shared = Math.min(filled - at, pieces[first].octets.length);
      const same = equal(octets.subarray(at, at + shared), pieces[first].octets.subarray(0, shared));
      check(same, "verification/overlapping-openings-differ");
      octets.set(pieces[first].octets.subarray(shared), at + shared);
      filled = Math.max(filled, at + pieces[first].octets.length);
    }
    runs.push({ start, octets });
  }
  return runs;
}
