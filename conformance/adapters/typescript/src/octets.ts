/** Strings of octets: comparison, concatenation, hexadecimal, integers. */
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

export type Octets = Uint8Array;
export const concatenated = (...parts: Octets[]): Octets => concatBytes(...parts);
export const toHex = (octets: Octets): string => bytesToHex(octets);
export const fromHex = (digits: string): Octets => hexToBytes(digits);
export const utf8 = (text: string): Octets => new TextEncoder().encode(text);
export const ascii = (octets: Octets): string => Array.from(octets, (octet) => String.fromCharCode(octet)).join("");

export function equal(left: Octets, right: Octets): boolean {
  return left.length === right.length && left.every((octet, at) => octet === right[at]);
}

/** Negative, zero or positive as the octets of `left` come before, are, or come after those of `right`. */
export function compared(left: Octets, right: Octets): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++)
    if (left[at] !== right[at]) return left[at] - right[at];
  return left.length - right.length;
}

export function bigEndian(octets: Octets): bigint {
  return octets.length === 0 ? 0n : BigInt("0x" + toHex(octets));
}

export const littleEndian = (octets: Octets): bigint => bigEndian(octets.slice().reverse());

export const toLittleEndian = (value: bigint, length: number): Octets => toBigEndian(value, length).reverse();

export function toBigEndian(value: bigint, length: number): Octets {
  return fromHex(value.toString(16).padStart(2 * length, "0"));
}
