/** The structured view of an exchange, and its named tokens (structure.md, sections 1, 4 and 5). */
import type { CommitmentOpening } from "../formats.js";
import { HEADER_VALUE, LITERAL, NUMBER, STRING_INTERIOR } from "../lexical_classes.js";
import type { PartialTranscript } from "../openings.js";
import type { Octets } from "../octets.js";
import { rangesOf, sameRanges, selected, type RangeSet } from "../ranges.js";
import { check } from "../refused.js";
import { checkSize, isJson, readRequest, readResponse, type Message, type Request, type RequestPolicy, type Response } from "./http.js";
import { readJson, type JsonLeaf, type JsonValue } from "./json.js";
import { laidOut, type PartialOctets } from "./partial_octets.js";

export type Leaf = Pick<CommitmentOpening, "index"> & Pick<CommitmentOpening["commitment"], "direction" | "ranges" | "lexicalClass">;
export interface Token {
  /** 0 request, 1 response. */
  side: number;
  kind: JsonLeaf["kind"] | "header-value";
  ranges: RangeSet;
  /** Null where the token is redacted; then there is a leaf. */
  octets: Octets | null;
  leaf: Leaf | null;
}
export interface MessageView {
  message: Message;
  /** Null where the content is not JSON, or empty. */
  json: JsonValue | null;
  headerTokens: Token[];
  jsonTokens: Map<JsonLeaf, Token>;
}
const CLASSES: Record<Token["kind"], number[]> = {
  "header-value": [HEADER_VALUE], string: [STRING_INTERIOR], number: [NUMBER], literal: [LITERAL],
  unquoted: [NUMBER, LITERAL],
};

type RequestView = MessageView & { message: Request };
type ResponseView = MessageView & { message: Response };

/** The views of request and response. Refuses when one redacted run is not shown to be one whole token. */
export function exchangeView(
  transcript: PartialTranscript, leaves: Leaf[], closed: boolean, serverName: string | null, policy: RequestPolicy,
): [RequestView, ResponseView] {
  check(serverName !== null, "structure/identity-required");
  checkSize(transcript[0]);
  const sent = laidOut(transcript[0]);
  const request = readRequest(sent, serverName, policy);
  const first = messageView(0, sent, request);
  checkSize(transcript[1]);
  const received = laidOut(transcript[1]);
  const second = messageView(1, received, readResponse(received, request.method, closed));
  for (const token of [first, second].flatMap(tokensOf)) {
    if (token.octets !== null) continue;
    token.leaf = leafOf(token, leaves);
    if (token.kind === "unquoted") token.kind = token.leaf.lexicalClass === NUMBER ? "number" : "literal";
  }
  return [first, second];
}

export const tokensOf = ({ headerTokens, jsonTokens }: MessageView): Token[] => [...headerTokens, ...jsonTokens.values()];

function messageView<M extends Message>(side: number, of: PartialOctets, message: M): MessageView & { message: M } {
  const token = (kind: Token["kind"], redacted: boolean, ranges: RangeSet): Token =>
    ({ side, kind, ranges, octets: redacted ? null : selected(ranges, of.octets), leaf: null });
  const headerTokens = message.fields.map(({ start, end, value }) =>
    token("header-value", value === null, start === end ? [] : [{ start, end }]));
  const { content } = message;
  const jsonTokens = new Map<JsonLeaf, Token>();
  if (!isJson(message.fields) || content.length === 0) {
    check(content.every((at) => of.revealed[at] === 1), "structure/redaction-outside-token");
    return { message, json: null, headerTokens, jsonTokens };
  }
  const pick = (from: Octets): Octets => Uint8Array.from(content, (at) => from[at]);
  const { value, leaves } = readJson({ octets: pick(of.octets), revealed: pick(of.revealed) });
  for (const leaf of leaves)
    jsonTokens.set(leaf, token(leaf.kind, leaf.redacted, rangesOf(content.slice(leaf.start, leaf.end))));
  return { message, json: value, headerTokens, jsonTokens };
}

/** The shown leaf of a token: it has exactly the token's octets and a class of its kind. */
export function leafOf(token: Token, leaves: Leaf[]): Leaf {
  const exact = leaves.filter(({ direction, ranges }) => direction === token.side && sameRanges(ranges, token.ranges));
  check(exact.length > 0, "structure/redaction-without-leaf");
  const fitting = exact.filter(({ lexicalClass }) => CLASSES[token.kind].includes(lexicalClass));
  check(fitting.length > 0, "structure/class-mismatch");
  return fitting.reduce((lowest, each) => (each.index < lowest.index ? each : lowest));
}

/** The token of a name: `header NAME`, or a path into JSON. */
export function named(view: MessageView, name: string): Token {
  return name.startsWith("header ") ? namedHeader(view, name.slice("header ".length)) : namedJson(view, name);
}

/** Each leaf value of the content with its path, in order. */
export function pathsOf({ json, jsonTokens }: MessageView): [string, Token][] {
  const found: [string, Token][] = [];
  const walk = (value: JsonValue, path: string): void => {
    if (value.kind === "array") value.items.forEach((item, at) => walk(item, `${path}[${at}]`));
    else if (value.kind === "object") for (const [name, member] of value.members) walk(member, path + step(name));
    else found.push([path, jsonTokens.get(value) as Token]);
  };
  if (json !== null) walk(json, "$");
  return found;
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const step = (name: string): string => (PLAIN.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);

function namedHeader({ message, headerTokens }: MessageView, name: string): Token {
  check(/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name), "structure/malformed-name");
  const found = headerTokens.filter((_, at) => message.fields[at].name === name);
  check(found.length === 1 && found[0].ranges.length > 0, "structure/unknown-name");
  return found[0];
}

function namedJson({ json, jsonTokens }: MessageView, path: string): Token {
  let value: JsonValue | undefined = json ?? undefined;
  for (const step of stepsOf(path)) {
    if (typeof step === "number") value = value?.kind === "array" ? value.items[step] : undefined;
    else value = value?.kind === "object" ? value.members.get(step) : undefined;
  }
  const token = jsonTokens.get(value as JsonLeaf);
  check(token !== undefined && token.ranges.length > 0, "structure/unknown-name");
  return token;
}

/** The names and numbers of a path, in its one spelling. */
function stepsOf(path: string): (string | number)[] {
  const malformed = "structure/malformed-name";
  check(path.startsWith("$"), malformed);
  const steps: (string | number)[] = [];
  for (let rest = path.slice(1); rest !== ""; ) {
    const found = /^(?:\.([A-Za-z_][A-Za-z0-9_-]*)|\[(0|[1-9][0-9]*)\]|\[("(?:[^"\\]|\\.)*")\])/.exec(rest);
    check(found !== null, malformed);
    const [whole, name, index, quoted] = found;
    rest = rest.slice(whole.length);
    if (quoted === undefined) steps.push(name ?? Number(index));
    else steps.push(quotedName(quoted));
  }
  return steps;
}

function quotedName(quoted: string): string {
  const malformed = "structure/malformed-name";
  let name: string;
  try {
    name = JSON.parse(quoted) as string;
  } catch {
    return check(false, malformed), "";
  }
  const halves = /[\ud800-\udfff]/u.test(name);
  check(!halves && JSON.stringify(name) === quoted && !PLAIN.test(name), malformed);
  return name;
}
