/** Verification of mpctls presentations; nothing here needs more than a browser has. */
export { verifyPresentation, type Expectations, type Verified } from "./presentations.js";
export { readPresentation, type Presentation } from "./formats.js";
export { readTrustStore } from "./trust_store.js";
export type { TrustedNotary } from "./attestations.js";
export type { ServerEvidence, ServerVerifier } from "./identity.js";
export type { PartialTranscript, Run } from "./openings.js";
export { exchangeView, named, type Token } from "./structure/view.js";
export { verifyPlonk, readPoint, readTwistPoint, type PlonkKey } from "./plonk.js";
export { Refused, Unsupported } from "./refused.js";
