/** Ranges of positions in a direction of the transcript (formats.md, section 4). */
import { list, ruled, struct, u32, type Value } from "./encoding.js";
import { concatenated, type Octets } from "./octets.js";

const MOST_RANGES = 4096;
export const rangeSet = ruled(list(struct({ start: u32, end: u32 }), MOST_RANGES), isRangeSet);
export type RangeSet = Value<typeof rangeSet>;

/** Not empty, no range empty, sorted, disjoint and not adjacent. */
export function isRangeSet(ranges: { start: number; end: number }[]): boolean {
  const inOrder = ranges.every(({ start, end }, at) => start < end && (at === 0 || ranges[at - 1].end < start));
  return ranges.length > 0 && ranges.length <= MOST_RANGES && inOrder;
}

export const sizeOf = (ranges: RangeSet): number => ranges.reduce((sum, { start, end }) => sum + end - start, 0);
export const within = (ranges: RangeSet, length: number): boolean => ranges[ranges.length - 1].end <= length;
export const sameRanges = (left: RangeSet, right: RangeSet): boolean =>
  left.length === right.length && left.every((each, at) => each.start === right[at].start && each.end === right[at].end);

export const selected = (ranges: RangeSet, octets: Octets): Octets =>
  concatenated(...ranges.map(({ start, end }) => octets.subarray(start, end)));

/** The set of strictly increasing positions. */
export function rangesOf(positions: number[]): RangeSet {
  const ranges: RangeSet = [];
  for (const position of positions) {
    const last = ranges[ranges.length - 1];
    if (last?.end === position) last.end++;
    else ranges.push({ start: position, end: position + 1 });
  }
  return ranges;
}
