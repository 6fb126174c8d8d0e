/** The Server's certificates and signature with Node's X.509 (formats.md, section 9.2, step 2). */
import { constants, verify, X509Certificate } from "node:crypto";
import { isAddress, type ServerEvidence, type ServerVerifier } from "../identity.js";
import { ascii, equal, toHex, type Octets } from "../octets.js";
import { check } from "../refused.js";
import { BOOLEAN, elements, extensionsOf, INTEGER, type Extension } from "./der.js";

const INVALID = "verification/certificate-invalid", NAME = "verification/server-name-mismatch";
const KEY_USAGE = "551d0f", ALTERNATIVE_NAMES = "551d11", BASIC_CONSTRAINTS = "551d13", EXTENDED_KEY_USAGE = "551d25";
const SERVER_AUTHENTICATION = "2b06010505070301";
const DIGITAL_SIGNATURE = 0x80, CERTIFICATE_SIGNATURE = 0x04;
const DNS_NAME = 0x82, IP_ADDRESS = 0x87;
const LEAST_RSA_BITS = 2048, MOST_ISSUERS = 8;
const SUITE_KINDS: Record<number, string> = { 0xc02b: "ec", 0xc02f: "rsa" };
const SCHEMES: Record<number, { kind: string; digest: string; pss?: true }> = {
  0x0403: { kind: "ec", digest: "sha256" },
  0x0401: { kind: "rsa", digest: "sha256" },
  0x0501: { kind: "rsa", digest: "sha384" },
  0x0601: { kind: "rsa", digest: "sha512" },
  0x0804: { kind: "rsa", digest: "sha256", pss: true },
  0x0805: { kind: "rsa", digest: "sha384", pss: true },
  0x0806: { kind: "rsa", digest: "sha512", pss: true },
};

class Certificate {
  readonly platform: X509Certificate;
  readonly names: { tag: number; content: Octets }[];
  readonly authority: boolean;
  /** How many authorities may stand between this one and a leaf. */
  readonly pathLength: number;
  private readonly extensions: Map<string, Extension>;

  constructor(octets: Octets) {
    this.platform = new X509Certificate(octets);
    this.extensions = extensionsOf(octets);
    this.names = this.sequence(ALTERNATIVE_NAMES);
    const constraints = this.sequence(BASIC_CONSTRAINTS);
    this.authority = constraints[0]?.tag === BOOLEAN && constraints[0].content[0] !== 0;
    const length = constraints.find(({ tag }) => tag === INTEGER);
    this.pathLength = length === undefined ? Infinity : Number("0x" + toHex(length.content));
  }

  private sequence(identifier: string) {
    const extension = this.extensions.get(identifier);
    return extension === undefined ? [] : elements(elements(extension.value)[0].content);
  }

  /** Whether the key may be used so; without the extension it may. */
  may(usage: number): boolean {
    const extension = this.extensions.get(KEY_USAGE);
    return extension === undefined || (elements(extension.value)[0].content[1] & usage) !== 0;
  }

  mayAuthenticateServers(): boolean {
    const purposes = this.sequence(EXTENDED_KEY_USAGE).map(({ content }) => toHex(content));
    return !this.extensions.has(EXTENDED_KEY_USAGE) || purposes.includes(SERVER_AUTHENTICATION);
  }

  /** Whether it is valid then, and has no critical extension that is not looked at here, as constraints of names. */
  usable(time: bigint): boolean {
    const known = [KEY_USAGE, ALTERNATIVE_NAMES, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE];
    const { validFrom, validTo } = this.platform;
    const valid = Number(time) * 1000 >= Date.parse(validFrom) && Number(time) * 1000 <= Date.parse(validTo);
    return valid && [...this.extensions].every(([id, { critical }]) => !critical || known.includes(id));
  }
}

/** Verifies Servers whose chains end at one of these root certificates, each in DER. */
export function nodeServerVerifier(roots: Octets[]): ServerVerifier {
  const trusted = roots.map(read);
  return (evidence) => verifyServer(evidence, trusted);
}

function verifyServer({ name, handshake, cipherSuite, signed, time }: ServerEvidence, roots: Certificate[]): void {
  const [leaf, ...issuers] = handshake.certificates.map(read);
  check(leaf.names.some((each) => covers(each, name)), NAME);
  check(leaf.usable(time) && !leaf.authority && leaf.mayAuthenticateServers(), INVALID);
  check(leadsToRoot(leaf, issuers, roots, time, 0), INVALID);
  check(leaf.may(DIGITAL_SIGNATURE), INVALID);
  const key = leaf.platform.publicKey;
  const details = key.asymmetricKeyDetails;
  check(key.asymmetricKeyType !== "rsa" || (details?.modulusLength ?? 0) >= LEAST_RSA_BITS, INVALID);
  const scheme = SCHEMES[handshake.signatureAlgorithm];
  const suits = scheme !== undefined && scheme.kind === SUITE_KINDS[cipherSuite];
  check(suits, "verification/unsupported-signature-scheme");
  const keySuits = key.asymmetricKeyType === scheme.kind && (scheme.kind === "rsa" || details?.namedCurve === "prime256v1");
  check(keySuits, "verification/key-exchange-signature-invalid");
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const valid = verify(scheme.digest, signed, { key, ...(scheme.pss ? pss : {}) }, handshake.signature);
  check(valid, "verification/key-exchange-signature-invalid");
}

function read(octets: Octets): Certificate {
  try {
    return new Certificate(octets);
  } catch {
    return check(false, INVALID), null as never; // Neither Node's reader nor ours can make sense of it.
  }
}

function leadsToRoot(of: Certificate, issuers: Certificate[], roots: Certificate[], time: bigint, between: number): boolean {
  const issued = (by: Certificate): boolean =>
    by.authority && by.may(CERTIFICATE_SIGNATURE) && by.usable(time) && by.pathLength >= between &&
    of.platform.checkIssued(by.platform) && of.platform.verify(by.platform.publicKey);
  if (roots.some(issued)) return true;
  return between < MOST_ISSUERS && issuers.some((by) =>
    issued(by) && leadsToRoot(by, issuers.filter((each) => each !== by), roots, time, between + 1));
}

function covers({ tag, content }: { tag: number; content: Octets }, name: string): boolean {
  if (isAddress(name)) return tag === IP_ADDRESS && equal(content, addressOctets(name));
  const pattern = ascii(content).toLowerCase();
  if (tag !== DNS_NAME || !pattern.startsWith("*.")) return tag === DNS_NAME && pattern === name;
  const above = name.slice(name.indexOf("."));
  return pattern.slice(2).includes(".") && pattern.slice(1) === above;
}

function addressOctets(address: string): Octets {
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number);
  const [before, after] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const missing = Array<string>(8 - before.length - (after?.length ?? 0)).fill("0");
  const groups = [...before, ...missing, ...(after ?? [])].map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
