/** Words of the lexical classes of redacted tokens (formats.md, section 2). */
import { ascii, equal, utf8, type Octets } from "./octets.js";

export const ANY = 0, STRING_INTERIOR = 1, NUMBER = 2, LITERAL = 3, HEADER_VALUE = 4;

const WORDS: Record<number, RegExp> = {
  [ANY]: /^[^]*$/,
  [STRING_INTERIOR]: /^(?:[^\x00-\x1f"\\]|\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))*$/,
  [NUMBER]: /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/,
  [LITERAL]: /^(?:true|false|null)$/,
  [HEADER_VALUE]: /^[\x09\x20-\x7e\x80-\xff]*$/,
};

export function belongs(lexicalClass: number, octets: Octets): boolean {
  return WORDS[lexicalClass].test(ascii(octets)) && (lexicalClass !== STRING_INTERIOR || isUtf8(octets));
}

export function isUtf8(octets: Octets): boolean {
  return equal(utf8(new TextDecoder("utf-8", { ignoreBOM: true }).decode(octets)), octets);
}
