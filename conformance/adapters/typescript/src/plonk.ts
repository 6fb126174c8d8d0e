/** Verification of PLONK proofs over BN254, with the transcript of snarkjs (predicates.md, sections 5 and 7). */
import { bn254 } from "@noble/curves/bn254.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, concatenated, toBigEndian, type Octets } from "./octets.js";
import { field } from "./poseidon.js";
import { check } from "./refused.js";

const G1 = bn254.G1.Point, G2 = bn254.G2.Point, coordinates = bn254.fields.Fp;
type Point = InstanceType<typeof G1>;
type TwistPoint = InstanceType<typeof G2>;

export const POINTS = 9, EVALUATIONS = 6, PROOF_OCTETS = 64 * POINTS + 32 * EVALUATIONS;
const K1 = 2n, K2 = 3n;

export interface PlonkKey {
  power: number;
  publicCount: number;
  /** Qm, Ql, Qr, Qo, Qc, S1, S2, S3. */
  polynomials: Point[];
  tau: TwistPoint;
}

/** A point of the first group, of a key, from x ‖ y; zeros are infinity. */
export function readPoint(octets: Octets): Point {
  return octets.some((octet) => octet !== 0) ? readFinitePoint(octets) : G1.ZERO;
}

function readFinitePoint(octets: Octets): Point {
  const [x, y] = [bigEndian(octets.subarray(0, 32)), bigEndian(octets.subarray(32))];
  check(x < coordinates.ORDER && y < coordinates.ORDER, "zero-knowledge/point-not-canonical");
  const onCurve = coordinates.eql(coordinates.sqr(y), coordinates.add(coordinates.pow(x, 3n), 3n));
  check(onCurve, "zero-knowledge/point-not-on-curve");
  return G1.fromAffine({ x, y });
}

/** A point of the second group, of a key that is trusted, from x_0 ‖ x_1 ‖ y_0 ‖ y_1. */
export function readTwistPoint(octets: Octets): TwistPoint {
  const [x0, x1, y0, y1] = [0, 32, 64, 96].map((at) => bigEndian(octets.subarray(at, at + 32)));
  return G2.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
}

/** Keccak-256 of scalars and points, big-endian, as a scalar. */
function challenge(...parts: (bigint | Octets)[]): bigint {
  const octets = parts.map((part) => (typeof part === "bigint" ? toBigEndian(part, 32) : part));
  return field.create(bigEndian(keccak_256(concatenated(...octets))));
}

function pointOctets(point: Point): Octets {
  const { x, y } = point.is0() ? { x: 0n, y: 0n } : point.toAffine();
  return concatenated(toBigEndian(x, 32), toBigEndian(y, 32));
}

const product = (...factors: bigint[]): bigint => factors.reduce((left, right) => field.mul(left, right));
const sum = (...terms: bigint[]): bigint => terms.reduce((left, right) => field.add(left, right));
const combination = (...terms: [Point, bigint][]): Point =>
  terms.reduce((total, [point, scalar]) => total.add(point.multiplyUnsafe(field.create(scalar))), G1.ZERO);

/** Refuses a proof that does not show that the circuit of the key is satisfied with these public inputs. */
export function verifyPlonk(key: PlonkKey, publics: bigint[], proof: Octets): void {
  check(proof.length === PROOF_OCTETS, "zero-knowledge/malformed-proof");
  check(publics.length === key.publicCount, "zero-knowledge/public-input-count");
  check(publics.every((each) => each < field.ORDER), "zero-knowledge/public-input-not-canonical");
  const encoded = Array.from({ length: POINTS }, (_, at) => proof.subarray(64 * at, 64 * (at + 1)));
  const evaluations = Array.from({ length: EVALUATIONS }, (_, at) =>
    bigEndian(proof.subarray(64 * POINTS + 32 * at, 64 * POINTS + 32 * (at + 1))));
  check(evaluations.every((each) => each < field.ORDER), "zero-knowledge/evaluation-not-canonical");
  for (const each of encoded)
    for (const at of [0, 32])
      check(bigEndian(each.subarray(at, at + 32)) < coordinates.ORDER, "zero-knowledge/point-not-canonical");
  const [A, B, C, Z, T1, T2, T3, opened, shifted] = encoded.map(readFinitePoint);
  const [a, b, c, s1, s2, zNext] = evaluations;
  const [Qm, Ql, Qr, Qo, Qc, S1, S2, S3] = key.polynomials;

  const beta = challenge(...key.polynomials.map(pointOctets), ...publics, ...encoded.slice(0, 3));
  const gamma = challenge(beta);
  const alpha = challenge(beta, gamma, encoded[3]);
  const xi = challenge(alpha, ...encoded.slice(4, 7));
  const v = challenge(xi, ...evaluations);
  const u = challenge(encoded[7], encoded[8]);

  const size = 2n ** BigInt(key.power);
  const root = field.pow(5n, (field.ORDER - 1n) / size);
  const xiSize = field.pow(xi, size);
  const vanishing = field.sub(xiSize, 1n);
  // The Lagrange basis at xi, as far as public inputs go; its first element is needed in any case.
  const basis: bigint[] = [];
  for (let at = 0, power = 1n; at < Math.max(1, publics.length); at++, power = field.mul(power, root)) {
    const below = product(size, field.sub(xi, power));
    check(below !== 0n, "zero-knowledge/proof-invalid");
    basis.push(field.div(product(power, vanishing), below));
  }
  const inputs = field.neg(sum(0n, ...publics.map((each, at) => product(each, basis[at]))));
  const first = product(basis[0], alpha, alpha);
  const left = sum(a, product(beta, s1), gamma), middle = sum(b, product(beta, s2), gamma);
  const constant = field.sub(field.sub(inputs, product(left, middle, sum(c, gamma), zNext, alpha)), first);

  const wires = product(
    sum(a, product(beta, xi), gamma), sum(b, product(beta, xi, K1), gamma), sum(c, product(beta, xi, K2), gamma), alpha,
  );
  const linearised = combination(
    [Qm, product(a, b)], [Ql, a], [Qr, b], [Qo, c], [Qc, 1n],
    [Z, sum(wires, first, u)],
    [S3, field.neg(product(left, middle, alpha, beta, zNext))],
    [T1, field.neg(vanishing)], [T2, field.neg(product(vanishing, xiSize))],
    [T3, field.neg(product(vanishing, xiSize, xiSize))],
  );
  const weights = [1n, 2n, 3n, 4n, 5n].map((power) => field.pow(v, power));
  const batched = combination(...[A, B, C, S1, S2].map((point, at): [Point, bigint] => [point, weights[at]]));
  const values = sum(
    field.neg(constant), ...[a, b, c, s1, s2].map((value, at) => product(value, weights[at])), product(u, zNext),
  );
  const onOne = combination([opened, xi], [shifted, product(u, xi, root)], [G1.BASE, field.neg(values)])
    .add(linearised).add(batched);
  check(pairingsCancel([opened.add(shifted.multiplyUnsafe(u)).negate(), key.tau], [onOne, G2.BASE]),
    "zero-knowledge/proof-invalid");
}

function pairingsCancel(...pairs: [Point, TwistPoint][]): boolean {
  const finite = pairs.filter(([g1, g2]) => !g1.is0() && !g2.is0()).map(([g1, g2]) => ({ g1, g2 }));
  const { Fp12 } = bn254.fields;
  return finite.length === 0 || Fp12.eql(bn254.pairingBatch(finite), Fp12.ONE);
}
