/** A check refused; `reason` is a code `stage/reason` of the protocol's pages. */
export class Refused extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = "Refused";
  }
}

/** The implementation lacks a feature that the input needs. */
export class Unsupported extends Error {
  constructor(readonly feature: string) {
    super(`without ${feature}`);
    this.name = "Unsupported";
  }
}

export function check(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Refused(reason);
}
