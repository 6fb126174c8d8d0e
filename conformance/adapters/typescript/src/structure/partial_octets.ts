/** Octets of a message of which some are redacted, read from left to right. */
import type { PartialDirection } from "../openings.js";
import { ascii, type Octets } from "../octets.js";
import { check, Refused } from "../refused.js";

export interface PartialOctets {
  octets: Octets;
  /** 1 where the octet is authenticated. */
  revealed: Octets;
}

export function laidOut({ length, runs }: PartialDirection): PartialOctets {
  const octets = new Uint8Array(length), revealed = new Uint8Array(length);
  for (const run of runs) {
    octets.set(run.octets, run.start);
    revealed.fill(1, run.start, run.start + run.octets.length);
  }
  return { octets, revealed };
}

export class Cursor {
  constructor(
    readonly of: PartialOctets,
    public at: number,
    /** Reasons of octets that end too early and of redacted ones where a revealed one is needed. */
    private readonly early: string,
    private readonly limit = Infinity,
  ) {}

  get ended(): boolean {
    return this.at >= this.of.octets.length;
  }

  /** Whether the next octet is there and redacted. */
  get redacted(): boolean {
    this.within();
    return !this.ended && this.of.revealed[this.at] === 0;
  }

  /** The next octet as a character, which must be revealed; it stays the next one. */
  peek(redactedReason = "structure/redaction-outside-token"): string {
    this.within();
    if (this.ended) throw new Refused(this.early);
    check(this.of.revealed[this.at] === 1, redactedReason);
    return String.fromCharCode(this.of.octets[this.at]);
  }

  /** Takes revealed octets as long as they match; what follows them must be revealed too. */
  while(characters: RegExp, redactedReason?: string): string {
    const start = this.at;
    while (characters.test(this.peek(redactedReason))) this.at++;
    return ascii(this.of.octets.subarray(start, this.at));
  }

  expect(text: string, reason: string): void {
    for (const character of text) {
      check(this.peek() === character, reason);
      this.at++;
    }
  }

  /** Takes the redacted octets that come next. */
  run(): void {
    while (this.redacted) this.at++;
  }

  private within(): void {
    check(this.at < this.limit, "structure/too-large");
  }
}
