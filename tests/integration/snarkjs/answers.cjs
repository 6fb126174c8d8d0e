// Answers a list of questions in JSON (standard input) with a list of answers in JSON (standard output), in one process:
// {key, publics, proof} whether PLONK's verifier accepts; {provingKey, witness} (paths of files) with a proof.
"use strict";

const { readFileSync } = require("node:fs");
const { plonk } = require("snarkjs");

const nothing = () => {};
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

async function answer({ key, publics, proof, provingKey, witness }) {
  if (provingKey === undefined) {
    return plonk.verify(key, publics, proof, logger);
  }
  const made = await plonk.prove(provingKey, witness, logger);
  return { proof: made.proof, publics: made.publicSignals };
}

async function main() {
  const answers = [];
  for (const question of JSON.parse(readFileSync(0, "utf8"))) {
    answers.push(await answer(question));
  }
  // The threads that snarkjs started would keep the process alive.
  process.stdout.write(JSON.stringify(answers), () => process.exit(0));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`, () => process.exit(1));
});
