/** As much of DER as the extensions of certificates need (X.690, RFC 5280). */
import { toHex, type Octets } from "../octets.js";

export interface Element {
  tag: number;
  content: Octets;
}
export const SEQUENCE = 0x30, BOOLEAN = 0x01, INTEGER = 0x02, BIT_STRING = 0x03, EXTENSIONS = 0xa3;

/** The elements that follow each other in octets. Throws RangeError. */
export function elements(octets: Octets): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < octets.length; ) {
    const tag = octets[at++];
    let length = octets[at++];
    if (length >= 0x80) {
      const digits = octets.subarray(at, (at += length - 0x80));
      length = digits.length === 0 || digits.length > 4 ? NaN : digits.reduce((sum, digit) => sum * 256 + digit, 0);
    }
    if (!(at + length <= octets.length)) throw new RangeError("an element that does not end");
    found.push({ tag, content: octets.subarray(at, (at += length)) });
  }
  return found;
}

export interface Extension {
  critical: boolean;
  value: Octets;
}

/** The extensions of a certificate by the hexadecimal digits of their identifiers. Throws RangeError. */
export function extensionsOf(certificate: Octets): Map<string, Extension> {
  const outer = elements(certificate);
  if (outer.length !== 1) throw new RangeError("more than a certificate");
  const signed = elements(elements(outer[0].content)[0].content);
  const all = signed.find(({ tag }) => tag === EXTENSIONS);
  const extensions = new Map<string, Extension>();
  for (const { content } of all === undefined ? [] : elements(elements(all.content)[0].content)) {
    const parts = elements(content);
    const critical = parts[1].tag === BOOLEAN && parts[1].content[0] !== 0;
    extensions.set(toHex(parts[0].content), { critical, value: parts[parts.length - 1].content });
  }
  return extensions;
}
