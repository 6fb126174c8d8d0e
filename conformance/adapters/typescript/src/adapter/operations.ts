/** The operations of the suite: from the JSON of the adapter protocol to the library, and back. */
import { hash, verifyingKey, verifySignature } from "../algorithms.js";
import * as commitments from "../commitments.js";
import { decode, type Codec } from "../encoding.js";
import * as formats from "../formats.js";
import { belongs } from "../lexical_classes.js";
import { isServerName, signedKeyExchange } from "../identity.js";
import { buildTree, rootFromProof } from "../merkle.js";
import { fromHex, toHex } from "../octets.js";
import { isRangeSet, rangeSet, selected, sizeOf, within } from "../ranges.js";
import { check } from "../refused.js";
import { sessionMessage } from "../session_messages.js";
import { nodeServerVerifier } from "./node_identity.js";
import { VERIFICATION } from "./verification.js";
import { ZERO_KNOWLEDGE } from "./zero_knowledge.js";

/** JSON whose shape the suite has checked against its schema. */
export type Json = any;
export type Operation = (input: Json) => Json;

const octets = (digits: string) => fromHex(digits);
const octetsList = (all: string[]) => all.map(fromHex);
const hexList = (all: Uint8Array[]) => all.map(toHex);

const TYPES: Record<string, Codec<unknown>> = {
  "session-message": sessionMessage,
  "transcript-commitment": formats.transcriptCommitment,
  "range-set": rangeSet,
  "verifying-key": verifyingKey,
  "handshake-data": formats.handshakeData,
  header: formats.header,
  "attestation-body": formats.attestationBody,
  attestation: formats.attestation,
  "attestation-secrets": formats.attestationSecrets,
  "transcript-proof": formats.transcriptProof,
  presentation: formats.presentation,
  "attestation-file": formats.attestationFile,
  "attestation-secrets-file": formats.attestationSecretsFile,
  "presentation-file": formats.presentationFile,
};

const FOUNDATION: Record<string, Operation> = {
  "foundation/decode": ({ type, octets: given }) => {
    const codec = TYPES[type];
    return { octets: toHex(codec.write(decode(codec, octets(given)))) };
  },
  "foundation/select-ranges": ({ ranges, octets: given }) => {
    const set = (ranges as [number, number][]).map(([start, end]) => ({ start, end }));
    check(isRangeSet(set), "encoding/not-canonical");
    const all = octets(given);
    const inside = within(set, all.length);
    return { count: sizeOf(set), within: inside, selected: inside ? toHex(selected(set, all)) : "" };
  },
  "foundation/build-tree": ({ algorithm, leaves, opened }) => {
    const { root, proof } = buildTree(algorithm, octetsList(leaves), opened);
    return { root: toHex(root), proof: hexList(proof) };
  },
  "foundation/root-from-proof": ({ algorithm, leaf_count, opened, leaves, proof }) => {
    const shown = octetsList(leaves).map((leaf, at) => ({ index: opened[at] as number, leaf }));
    return { root: toHex(rootFromProof(algorithm, leaf_count, shown, octetsList(proof))) };
  },
  "foundation/hash": ({ algorithm, octets: given }) => ({ digest: toHex(hash(algorithm, octets(given))) }),
  "foundation/hash-commitment": ({ algorithm, octets: given, blinder }) => ({
    value: toHex(commitments.hashCommitment(algorithm, octets(given), octets(blinder))),
  }),
  "foundation/lexical-class": (input) => ({ belongs: belongs(input.class, octets(input.octets)) }),
  "foundation/verify-signature": ({ key, message, signature }) => {
    const read = decode(verifyingKey, octets(key));
    verifySignature(read, octets(message), octets(signature), "verification/signature-invalid");
    return {};
  },
  "foundation/verify-server": (input) => {
    const name = input.name as string;
    check(isServerName(name), "verification/server-name-mismatch");
    nodeServerVerifier(octetsList(input.roots))({
      name,
      handshake: decode(formats.handshakeData, octets(input.handshake_data)),
      cipherSuite: input.suite,
      signed: signedKeyExchange(octets(input.client_random), octets(input.server_random), octets(input.ephemeral_key)),
      time: BigInt(input.time),
    });
    return {};
  },
  "foundation/read-key": ({ key }) => ({ key: toHex(verifyingKey.write(decode(verifyingKey, octets(key)))) }),
};

export const OPERATIONS: Record<string, Operation> = { ...FOUNDATION, ...ZERO_KNOWLEDGE, ...VERIFICATION };
export const FEATURES = ["server-identity", "encoding-commitments", "structure", "plonk", "secp256k1", "blake3", "keccak256"];
