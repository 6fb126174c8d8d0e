/** One HTTP/1.1 message of which header values and content may be redacted (structure.md, section 2). */
import type { PartialDirection } from "../openings.js";
import { check } from "../refused.js";
import { Cursor, type PartialOctets } from "./partial_octets.js";

const MOST_OCTETS = 2 ** 24, MOST_HEAD_OCTETS = 65536, MOST_FIELDS = 256;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/, TEXT = /[\x09\x20-\x7e\x80-\xff]/, BLANK = /[ \t]/;
const NEVER_IN_REQUESTS = new Set([
  "host", "content-length", "transfer-encoding", "content-type", "content-encoding", "content-range", "connection",
  "upgrade", "expect", "te", "trailer",
]);

export interface HeaderField {
  name: string;
  start: number;
  end: number;
  /** Null where it is redacted. */
  value: string | null;
}
export interface RequestPolicy {
  redactableHeaders: string[];
  /** Null: any. */
  methods: string[] | null;
  targets: string[] | null;
}
export interface Message {
  fields: HeaderField[];
  /** Where in the transcript the octets of the content stand. */
  content: number[];
}
export type Request = Message & { method: string; target: string };
export type Response = Message & { status: number };

export function readRequest(of: PartialOctets, serverName: string, policy: RequestPolicy): Request {
  const cursor = headCursor(of);
  const malformed = "structure/malformed-start-line";
  const method = cursor.while(TOKEN);
  check(method !== "", malformed);
  cursor.expect(" ", malformed);
  check(method !== "CONNECT" && cursor.peek() === "/", malformed);
  const target = cursor.while(/[\x21-\x7e]/);
  cursor.expect(" HTTP/1.1\r\n", malformed);
  const fields = readFields(cursor);
  const redactable = ["authorization", "cookie", ...policy.redactableHeaders.map((name) => name.toLowerCase())];
  for (const { name, value } of fields)
    check(value !== null || (redactable.includes(name) && !NEVER_IN_REQUESTS.has(name)), "structure/header-not-redactable");
  const hosts = values(fields, "host");
  check(hosts.length > 0, "structure/host-missing");
  check(hosts.length === 1, "structure/host-repeated");
  const expected = (serverName.includes(":") ? `[${serverName}]` : serverName).toLowerCase();
  check(hosts[0].replace(/:[0-9]+$/, "").toLowerCase() === expected, "structure/host-mismatch");
  check(values(fields, "upgrade").length + values(fields, "expect").length === 0, "structure/upgrade");
  const { methods, targets } = policy;
  const allowed = (methods?.includes(method) ?? true) && (targets?.includes(target) ?? true);
  check(allowed, "structure/request-not-allowed");
  checkCoding(fields);
  const framing = framingOf(fields);
  return { method, target, fields, content: contentOf(of, cursor.at, framing ?? 0) };
}

export function readResponse(of: PartialOctets, method: string, closed: boolean): Response {
  const cursor = headCursor(of);
  const malformed = "structure/malformed-start-line";
  cursor.expect("HTTP/1.1 ", malformed);
  check(/[1-5]/.test(cursor.peek()), malformed);
  const digits = cursor.while(/[0-9]/);
  check(digits.length === 3, malformed);
  cursor.expect(" ", malformed);
  cursor.while(TEXT);
  cursor.expect("\r\n", malformed);
  const status = Number(digits);
  check(status >= 200, "structure/informational-response");
  const fields = readFields(cursor);
  for (const { name, value } of fields)
    check(value !== null || !NEVER_IN_REQUESTS.has(name), "structure/header-not-redactable");
  check(values(fields, "upgrade").length === 0, "structure/upgrade");
  check(status !== 206 && values(fields, "content-range").length === 0, "structure/partial-content");
  checkCoding(fields);
  const framing = framingOf(fields);
  const none = method === "HEAD" || status === 204 || status === 304;
  check(none || framing !== null || closed, "structure/incomplete-message");
  const toTheEnd = of.octets.length - cursor.at;
  return { status, fields, content: contentOf(of, cursor.at, none ? 0 : (framing ?? toTheEnd)) };
}

function headCursor(of: PartialOctets): Cursor {
  return new Cursor(of, 0, "structure/incomplete-message", MOST_HEAD_OCTETS);
}

export const checkSize = ({ length }: PartialDirection): void => check(length <= MOST_OCTETS, "structure/too-large");

/** The values of the fields of a name; of redacted ones the empty text. */
export const values = (fields: HeaderField[], name: string): string[] =>
  fields.filter((field) => field.name === name).map(({ value }) => value ?? "");

function readFields(cursor: Cursor): HeaderField[] {
  const malformed = "structure/malformed-header";
  const fields: HeaderField[] = [];
  while (cursor.peek() !== "\r") {
    check(fields.length < MOST_FIELDS, "structure/too-large");
    const name = cursor.while(TOKEN).toLowerCase();
    check(name !== "", malformed);
    cursor.expect(":", malformed);
    while (!cursor.redacted && BLANK.test(cursor.peek())) cursor.at++;
    const start = cursor.at;
    const redacted = cursor.redacted;
    if (redacted) cursor.run();
    const text = redacted ? null : cursor.while(TEXT).replace(/[ \t]+$/, "");
    const end = text === null ? cursor.at : start + text.length;
    if (redacted) cursor.while(BLANK);
    cursor.expect("\r\n", redacted ? "structure/redaction-outside-token" : malformed);
    fields.push({ name, start, end, value: text });
  }
  cursor.expect("\r\n", malformed);
  return fields;
}

function checkCoding(fields: HeaderField[]): void {
  const plain = values(fields, "content-encoding").every((value) => value.toLowerCase() === "identity");
  check(plain, "structure/content-coding");
}

/** How many octets the content has, "chunked", or null where no field says it. */
function framingOf(fields: HeaderField[]): number | "chunked" | null {
  const lengths = values(fields, "content-length"), codings = values(fields, "transfer-encoding");
  check(lengths.length + codings.length <= 1, "structure/framing-ambiguous");
  check(codings.every((value) => value.toLowerCase() === "chunked"), "structure/framing-malformed");
  check(lengths.every((value) => /^(0|[1-9][0-9]{0,9})$/.test(value)), "structure/framing-malformed");
  return codings.length > 0 ? "chunked" : lengths.length > 0 ? Number(lengths[0]) : null;
}

function contentOf(of: PartialOctets, start: number, framing: number | "chunked"): number[] {
  const positions: number[] = [];
  let at = start;
  const take = (count: number): void => {
    check(count <= of.octets.length - at, "structure/incomplete-message");
    for (let taken = 0; taken < count; taken++) positions.push(at++);
  };
  if (framing === "chunked") {
    const malformed = "structure/chunk-malformed";
    const cursor = new Cursor(of, start, "structure/incomplete-message");
    for (;;) {
      const size = cursor.while(/[0-9a-fA-F]/);
      check(!/[; \t]/.test(cursor.peek()) || size === "", "structure/chunk-extension");
      check(/^(0|0*[1-9a-fA-F][0-9a-fA-F]*)$/.test(size) && size.length <= 8, malformed);
      cursor.expect("\r\n", malformed);
      if (size === "0") break;
      at = cursor.at;
      take(parseInt(size, 16));
      cursor.at = at;
      cursor.expect("\r\n", malformed);
    }
    check(cursor.peek() === "\r", "structure/trailers");
    cursor.expect("\r\n", malformed);
    at = cursor.at;
  } else take(framing);
  check(at === of.octets.length, "structure/extra-octets");
  return positions;
}

/** Whether the content is said to be JSON. */
export function isJson(fields: HeaderField[]): boolean {
  const types = values(fields, "content-type");
  const media = (types[0] ?? "").split(";")[0].replace(/^[ \t]+|[ \t]+$/g, "").toLowerCase();
  return types.length === 1 && (media === "application/json" || media.endsWith("+json"));
}
