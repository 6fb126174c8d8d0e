/** JSON of which whole values may be redacted (structure.md, section 3). */
import { check } from "../refused.js";
import { isUtf8 } from "../lexical_classes.js";
import { Cursor, type PartialOctets } from "./partial_octets.js";

const MOST_DEPTH = 64, MOST_VALUES = 100_000, MOST_NAME_CHARACTERS = 4096;
const NOT_JSON = "structure/not-json", OUTSIDE = "structure/redaction-outside-token";
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/, LITERAL = /^(?:true|false|null)$/;

/** A leaf value; `start` and `end` are its octets in the content, without quotes. */
export interface JsonLeaf {
  kind: "string" | "number" | "literal" | "unquoted";
  start: number;
  end: number;
  redacted: boolean;
}
export type JsonValue = JsonLeaf | { kind: "array"; items: JsonValue[] } | { kind: "object"; members: Map<string, JsonValue> };

/** The value of a JSON text, and its leaves in order. */
export function readJson(content: PartialOctets): { value: JsonValue; leaves: JsonLeaf[] } {
  const cursor = new Cursor(content, 0, NOT_JSON);
  const leaves: JsonLeaf[] = [];
  let count = 0;
  const blank = (): void => {
    while (!cursor.ended && !cursor.redacted && /[ \t\r\n]/.test(cursor.peek())) cursor.at++;
  };
  const leaf = (kind: JsonLeaf["kind"], start: number, end: number, redacted: boolean): JsonLeaf => {
    const made = { kind, start, end, redacted };
    leaves.push(made);
    return made;
  };

  /** The text of a string that is wholly revealed, its quotes taken too. */
  const quoted = (redactedReason: string): string => {
    const start = cursor.at++;
    while (cursor.peek(redactedReason) !== '"') {
      if (cursor.peek() === "\\") cursor.at++;
      cursor.peek(redactedReason);
      cursor.at++;
    }
    const octets = content.octets.subarray(start, ++cursor.at);
    check(isUtf8(octets), NOT_JSON);
    try {
      const text = JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(octets)) as string;
      check(!/[\ud800-\udfff]/u.test(text), NOT_JSON);
      return text;
    } catch (error) {
      check(!(error instanceof SyntaxError), NOT_JSON);
      throw error;
    }
  };

  const string = (): JsonLeaf => {
    const start = cursor.at + 1;
    const redacted = content.revealed[start] === 0;
    if (!redacted) return quoted(OUTSIDE), leaf("string", start, cursor.at - 1, false);
    cursor.at = start;
    cursor.run();
    check(!cursor.ended, OUTSIDE);
    cursor.expect('"', OUTSIDE);
    return leaf("string", start, cursor.at - 1, true);
  };

  const unquoted = (): JsonLeaf => {
    const start = cursor.at;
    if (cursor.redacted) {
      cursor.run();
      check(!cursor.ended && /[ \t\r\n,\]}]/.test(cursor.peek()), OUTSIDE);
      return leaf("unquoted", start, cursor.at, true);
    }
    let text = "";
    while (!cursor.ended && /[-+.0-9A-Za-z]/.test(cursor.peek())) text += cursor.peek(), cursor.at++;
    check(NUMBER.test(text) || LITERAL.test(text), NOT_JSON);
    return leaf(LITERAL.test(text) ? "literal" : "number", start, cursor.at, false);
  };

  /** What stands between brackets, by commas. */
  const enclosed = (close: string, item: () => void): void => {
    cursor.at++;
    blank();
    if (!cursor.redacted && cursor.peek() === close) return void cursor.at++;
    for (;;) {
      item();
      blank();
      if (cursor.peek() === close) return void cursor.at++;
      cursor.expect(",", NOT_JSON);
      blank();
    }
  };

  const value = (depth: number): JsonValue => {
    check(depth <= MOST_DEPTH, "structure/too-deep");
    check(++count <= MOST_VALUES, "structure/too-large");
    if (cursor.redacted) return unquoted();
    const first = cursor.peek();
    if (first === '"') return string();
    if (first === "[") {
      const items: JsonValue[] = [];
      enclosed("]", () => items.push(value(depth + 1)));
      return { kind: "array", items };
    }
    if (first === "{") {
      const members = new Map<string, JsonValue>();
      enclosed("}", () => {
        check(cursor.peek() === '"', NOT_JSON);
        const name = quoted("structure/redacted-key");
        check([...name].length <= MOST_NAME_CHARACTERS, "structure/too-large");
        check(!members.has(name), "structure/duplicate-key");
        blank();
        cursor.expect(":", NOT_JSON);
        blank();
        members.set(name, value(depth + 1));
      });
      return { kind: "object", members };
    }
    return unquoted();
  };

  blank();
  const whole = value(0);
  blank();
  if (!cursor.ended) check(cursor.redacted, NOT_JSON);
  check(cursor.ended, OUTSIDE);
  return { value: whole, leaves };
}
