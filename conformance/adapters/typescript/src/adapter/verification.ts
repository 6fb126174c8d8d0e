/** Operations of verification and structural disclosure. */
import { verifyingKey } from "../algorithms.js";
import { verifyAttestation, type TrustedNotary } from "../attestations.js";
import { decode } from "../encoding.js";
import { presentation, readPresentation, transcriptCommitment } from "../formats.js";
import { verifyIdentity } from "../identity.js";
import { fromHex, toHex } from "../octets.js";
import { verifyOpenings, type PartialDirection, type PartialTranscript } from "../openings.js";
import { verifyPresentation } from "../presentations.js";
import { exchangeView, named, pathsOf, type MessageView, type Token } from "../structure/view.js";
import { nodeServerVerifier } from "./node_identity.js";
import type { Json, Operation } from "./operations.js";

const trusted = (store: [string, Json, Json][]): TrustedNotary[] =>
  store.map(([key, notBefore, notAfter]) =>
    ({ key: decode(verifyingKey, fromHex(key)), notBefore: BigInt(notBefore), notAfter: BigInt(notAfter) }));
const verifierOf = (roots: string[]) => nodeServerVerifier(roots.map(fromHex));

function transcriptJson([sent, received]: PartialTranscript): Json {
  const runs = (direction: PartialDirection) => direction.runs.map(({ start, octets }) => [start, toHex(octets)]);
  return {
    sent_length: sent.length, sent_runs: runs(sent),
    received_length: received.length, received_runs: runs(received),
  };
}

function viewOf(input: Json) {
  const direction = (name: string): PartialDirection => ({
    length: input[`${name}_length`],
    runs: (input[`${name}_runs`] as [number, string][]).map(([start, octets]) => ({ start, octets: fromHex(octets) })),
  });
  const leaves = (input.leaves as [number, string][]).map(([index, leaf]) =>
    ({ index, ...decode(transcriptCommitment, fromHex(leaf)) }));
  const policy = { redactableHeaders: input.redactable, methods: input.methods, targets: input.targets };
  const transcript: PartialTranscript = [direction("sent"), direction("received")];
  return exchangeView(transcript, leaves, input.closure === 1, input.server_name, policy);
}

const CLASSES = { any: 0, string: 1, number: 2, literal: 3, "header-value": 4 };

function tokenJson({ kind, side, ranges, octets, leaf }: Token): Json {
  if (ranges.length === 0) return null;
  const spans = ranges.map(({ start, end }) => [start, end]);
  return [CLASSES[kind as keyof typeof CLASSES], side, spans, octets === null ? null : toHex(octets), leaf?.index ?? null];
}

function messageJson(view: MessageView): Json {
  const headers = view.headerTokens.map((token, at) => [view.message.fields[at].name, tokenJson(token)]);
  return [headers, pathsOf(view).map(([path, token]) => [path, tokenJson(token)])];
}

export const VERIFICATION: Record<string, Operation> = {
  "verification/signature": ({ file, trust, now }) => {
    verifyAttestation(readPresentation(fromHex(file)).attestation, trusted(trust), BigInt(now));
    return {};
  },
  "verification/consistency": (input) => {
    const { attestation, identity, transcript } = decode(presentation, fromHex(input.presentation));
    if (identity !== null) verifyIdentity(attestation.body, identity, verifierOf(input.roots));
    verifyOpenings(attestation.body, transcript);
    return {};
  },
  "verification/verify": (input) => {
    const { challenge } = input;
    const { serverName, transcript } = verifyPresentation(readPresentation(fromHex(input.file)), {
      notaries: trusted(input.trust),
      now: BigInt(input.now),
      verifyServer: verifierOf(input.roots),
      serverNames: input.server_names,
      binding: challenge === null ? null : { audience: challenge[0], nonce: fromHex(challenge[1]) },
      maximumAge: input.maximum_age === null ? null : BigInt(input.maximum_age),
      requiredExtensions: input.required_extensions,
      knownExtensions: [],
    });
    return { server_name: serverName, ...transcriptJson(transcript) };
  },
  "verification/structured-view": (input) => {
    const [request, response] = viewOf(input);
    const { method, target } = request.message;
    const messages = { request: messageJson(request), response: messageJson(response) };
    return { method, target, status: response.message.status, ...messages };
  },
  "verification/named-field": (input) => ({ token: tokenJson(named(viewOf(input)[input.side], input.name)) }),
};
