// The example page: files that the reader chose, or those that ?presentation=…&trust=… names, and a result.
import { readPresentation, readTrustStore, Refused, Unsupported, verifyPresentation } from "mpctls-verifier";

const element = (name) => document.getElementById(name);

function described({ start, octets }) {
  return `${start}  ${JSON.stringify(new TextDecoder().decode(octets))}`;
}

function verified(file, trust, now) {
  try {
    const { transcript } = verifyPresentation(readPresentation(new Uint8Array(file)), {
      notaries: readTrustStore(trust),
      now,
      // Browsers read no certificates: a presentation that names its Server is refused here. Give a function instead
      // (see ServerVerifier) to decide it.
      verifyServer: null,
      serverNames: null, binding: null, maximumAge: null, requiredExtensions: [], knownExtensions: [],
    });
    const [sent, received] = transcript.map(({ length, runs }) => [`${length} octets`, ...runs.map(described)].join("\n"));
    return `Verified.\n\nSent: ${sent}\n\nReceived: ${received}`;
  } catch (error) {
    if (error instanceof Refused) return `Refused: ${error.reason}`;
    if (error instanceof Unsupported) return `This page cannot decide it: ${error.message}`;
    return `Cannot be read: ${error.message}`;
  }
}

function show(text) {
  element("result").textContent = text;
  element("result").hidden = false;
}

element("verify").addEventListener("click", async () => {
  const [presentation] = element("presentation").files, [trust] = element("trust").files;
  if (presentation === undefined || trust === undefined) return show("Choose both files.");
  const now = BigInt(Math.floor(Date.now() / 1000));
  show(verified(await presentation.arrayBuffer(), await trust.text(), now));
});

const named = new URLSearchParams(location.search);
if (named.has("presentation") && named.has("trust")) {
  const [presentation, trust] = await Promise.all([fetch(named.get("presentation")), fetch(named.get("trust"))]);
  const now = BigInt(named.get("now") ?? Math.floor(Date.now() / 1000));
  show(verified(await presentation.arrayBuffer(), await trust.text(), now));
}
