// An adapter for mpctls-conformance, on Node alone. Put your implementation before it.
//   mpctls-conformance run -i "exec:node adapter.ts" foundation/merkle         (Node 22.18 or newer runs TypeScript)
//   tsc --target es2022 --module nodenext adapter.ts && node adapter.js                    (for an older one)
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Members = { [name: string]: Json };

class Refused extends Error {
  readonly stage: string;
  readonly reason: string;
  constructor(stage: string, reason: string) {
    super(`${stage}/${reason}`);
    this.stage = stage;
    this.reason = reason;
  }
}

class Unsupported extends Error {}

const hash = (hexadecimal: string): string =>
  createHash("sha256").update(Buffer.from(hexadecimal, "hex")).digest("hex");

const split = (count: number): number => {
  let half = 1;
  while (2 * half < count) half *= 2;
  return half;
};

function subtree(leaves: string[]): string {
  if (leaves.length === 1) return hash("00" + leaves[0]);
  const half = split(leaves.length);
  return hash("01" + subtree(leaves.slice(0, half)) + subtree(leaves.slice(half)));
}

function proof(leaves: string[], opened: number[], first = 0): string[] {
  if (!opened.some((index) => index >= first && index < first + leaves.length)) return [subtree(leaves)];
  if (leaves.length === 1) return [];
  const half = split(leaves.length);
  return [...proof(leaves.slice(0, half), opened, first), ...proof(leaves.slice(half), opened, first + half)];
}

const operations: { [name: string]: (input: Members) => Members } = {
  // `mpctls-conformance explain foundation/build-tree` says what it is.
  "foundation/build-tree": ({ algorithm, leaves, opened }) => {
    if (algorithm !== 1) throw new Unsupported(algorithm === 2 ? "blake3" : "keccak256");
    return { root: subtree(leaves as string[]), proof: proof(leaves as string[], opened as number[]) };
  },
};

const hello = {
  type: "hello",
  protocol: 1,
  name: "my implementation",
  language: "TypeScript",
  version: "0",
  protocol_versions: [1],
  roles: ["prover", "notary", "verifier"],
  operations: Object.keys(operations),
  features: [],
};

function outcome(message: { operation: string; input: Members; randomness: Members }): Members {
  try {
    return { accept: operations[message.operation]({ ...message.input, ...message.randomness }) };
  } catch (error) {
    if (error instanceof Refused) return { reject: { stage: error.stage, reason: error.reason } };
    if (error instanceof Unsupported) return { unsupported: { feature: error.message } };
    return { error: { message: String(error) } };
  }
}

const answer = (message: object): void => void process.stdout.write(JSON.stringify(message) + "\n");

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.type === "stop") process.exit(0);
  else if (message.type === "hello") answer(hello);
  else if (message.type === "run") answer({ type: "outcome", seq: message.seq, outcome: outcome(message) });
  else answer({ type: "outcome", seq: message.seq, outcome: { unsupported: { feature: "sessions" } } });
});
