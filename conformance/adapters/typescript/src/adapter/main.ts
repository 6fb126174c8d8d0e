/** The adapter: reads messages of the suite from standard input, one on each line, and answers on standard output. */
import { createInterface } from "node:readline";
import { Refused, Unsupported } from "../refused.js";
import { FEATURES, OPERATIONS, type Json } from "./operations.js";

function outcome(operation: string, input: Json): Json {
  const run = OPERATIONS[operation];
  if (run === undefined) return { error: { message: `no operation ${operation}` } };
  try {
    return { accept: run(input) };
  } catch (error) {
    if (error instanceof Refused) {
      if (error.reason === "verification/unsupported-predicate") return { unsupported: { feature: "predicates" } };
      const [stage, reason] = error.reason.split("/");
      return { reject: { stage, reason } };
    }
    if (error instanceof Unsupported) return { unsupported: { feature: error.feature } };
    return { error: { message: error instanceof Error ? (error.stack ?? error.message) : String(error) } };
  }
}

function answer(message: Json): Json {
  switch (message.type) {
    case "hello":
      return {
        type: "hello", protocol: 1, name: "mpctls-verifier", language: "TypeScript", version: "1.0.0",
        protocol_versions: [1], roles: ["verifier"], operations: Object.keys(OPERATIONS), features: FEATURES,
      };
    case "run":
      return { type: "outcome", seq: message.seq, outcome: outcome(message.operation, { ...message.input, ...message.randomness }) };
    default:
      // This adapter has no stateful roles.
      return { type: "outcome", seq: message.seq, outcome: { error: { message: `no ${message.type} here` } } };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const message = JSON.parse(line) as Json;
  if (message.type === "stop") break;
  process.stdout.write(JSON.stringify(answer(message)) + "\n");
}
process.exit(0);
