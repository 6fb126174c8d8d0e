/** The canonical encoding (formats.md, section 1): a codec reads and writes values of one type. */
import { concatenated, equal, toLittleEndian, utf8, littleEndian, type Octets } from "./octets.js";
import { check } from "./refused.js";

/** Octets that are read from left to right. */
export class Reader {
  private position = 0;
  constructor(private readonly octets: Octets) {}

  take(count: number): Octets {
    check(count <= this.octets.length - this.position, "encoding/truncated");
    return this.octets.slice(this.position, (this.position += count));
  }

  end(): void {
    check(this.position === this.octets.length, "encoding/trailing-octets");
  }
}

export interface Codec<T> {
  read(from: Reader): T;
  /** The canonical octets of a value that came from `read` or keeps its rules. */
  write(value: T): Octets;
}
export type Value<C> = C extends Codec<infer T> ? T : never;

export function decode<T>(codec: Codec<T>, octets: Octets): T {
  const reader = new Reader(octets);
  const value = codec.read(reader);
  reader.end();
  return value;
}

const integer = (width: number): Codec<number> => ({
  read: (from) => Number(littleEndian(from.take(width))),
  write: (value) => toLittleEndian(BigInt(value), width),
});
export const u8 = integer(1);
export const u16 = integer(2);
export const u32 = integer(4);
export const u64: Codec<bigint> = {
  read: (from) => littleEndian(from.take(8)),
  write: (value) => toLittleEndian(value, 8),
};

/** ULEB128, minimal, at most five octets and below 2^32. */
const count: Codec<number> = {
  read(from) {
    let value = 0;
    for (let place = 0; place < 5; place++) {
      const octet = from.take(1)[0];
      value += (octet & 0x7f) * 2 ** (7 * place);
      if (octet < 0x80) {
        check((octet !== 0 || place === 0) && value < 2 ** 32, "encoding/not-minimal");
        return value;
      }
    }
    return check(false, "encoding/not-minimal"), 0;
  },
  write(value) {
    const octets = [];
    for (; value >= 0x80; value = Math.floor(value / 0x80)) octets.push((value % 0x80) + 0x80);
    return Uint8Array.from([...octets, value]);
  },
};

function counted(from: Reader, most: number): number {
  const value = count.read(from);
  check(value <= most, "encoding/limit-exceeded");
  return value;
}

export const bool: Codec<boolean> = {
  read(from) {
    const octet = from.take(1)[0];
    check(octet <= 1, "encoding/not-a-boolean");
    return octet === 1;
  },
  write: (value) => Uint8Array.of(value ? 1 : 0),
};

/** Exactly `length` octets. */
export const fixed = (length: number): Codec<Octets> => ({
  read: (from) => from.take(length),
  write: (value) => value,
});

export const bytes = (most: number, least = 0): Codec<Octets> =>
  ruled(
    {
      read: (from) => from.take(counted(from, most)),
      write: (value) => concatenated(count.write(value.length), value),
    },
    (value) => value.length >= least,
  );

export const string = (most: number, least = 0): Codec<string> => ({
  read(from) {
    const octets = bytes(most, least).read(from);
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(octets);
    check(equal(utf8(text), octets), "encoding/not-utf8");
    return text;
  },
  write: (value) => bytes(most).write(utf8(value)),
});

export const list = <T>(item: Codec<T>, most: number, least = 0): Codec<T[]> =>
  ruled(
    {
      read: (from) => Array.from({ length: counted(from, most) }, () => item.read(from)),
      write: (value) => concatenated(count.write(value.length), ...value.map((each) => item.write(each))),
    },
    (value) => value.length >= least,
  );

export const option = <T>(inner: Codec<T>): Codec<T | null> => ({
  read: (from) => (bool.read(from) ? inner.read(from) : null),
  write: (value) => (value === null ? bool.write(false) : concatenated(bool.write(true), inner.write(value))),
});

/** One of the first `size` cases of an enum without fields, or of the numbers listed. */
export const choice = (size: number): Codec<number> => known(count, (value) => value < size);
export const identifier = (...listed: number[]): Codec<number> => known(u8, (value) => listed.includes(value));

function known(number: Codec<number>, holds: (value: number) => boolean): Codec<number> {
  return {
    read(from) {
      const value = number.read(from);
      check(holds(value), "encoding/unknown-variant");
      return value;
    },
    write: (value) => number.write(value),
  };
}

type Fields = Record<string, Codec<unknown>>;
type Struct<F extends Fields> = { [K in keyof F]: Value<F[K]> };

export function struct<F extends Fields>(fields: F): Codec<Struct<F>> {
  const names = Object.keys(fields);
  return {
    read: (from) => Object.fromEntries(names.map((name) => [name, fields[name].read(from)])) as Struct<F>,
    write: (value) => concatenated(...names.map((name) => fields[name].write(value[name]))),
  };
}

/** An enum whose cases, in order, have fields; a value says in `kind` which case it is. */
export function variants<C extends Record<string, Codec<object>>>(
  cases: C,
): Codec<{ [K in keyof C]: { kind: K } & Value<C[K]> }[keyof C]> {
  type Case = { [K in keyof C]: { kind: K } & Value<C[K]> }[keyof C];
  const names = Object.keys(cases);
  const index = choice(names.length);
  return {
    read(from) {
      const kind = names[index.read(from)];
      return { kind, ...cases[kind].read(from) } as Case;
    },
    write: (value) =>
      concatenated(index.write(names.indexOf(value.kind as string)), cases[value.kind as string].write(value)),
  };
}

/** A codec whose values keep a rule of order or form. */
export const ruled = <T>(codec: Codec<T>, rule: (value: T) => boolean): Codec<T> => ({
  read(from) {
    const value = codec.read(from);
    check(rule(value), "encoding/not-canonical");
    return value;
  },
  write: (value) => codec.write(value),
});
