"""A Prover as a process: `python -m tests.sessions.prover_process`, with or without a record of its view.

Runs one session and writes attestation and secrets; a refusal ends it with status 1 and `refused REASON`. Prints the
name of each phase as it begins. With `--leak` it runs the Prover's half of a faulty engine of tests/sessions/leaks.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from cryptography import x509

from mpctls.reference.foundation.artifacts import ATTESTATION_FILE, ATTESTATION_SECRETS_FILE
from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.mpc.engine.tap import NoTap
from mpctls.reference.prover import Prover
from mpctls.reference.settings import Deadlines
from tests.sessions.leaks import LEAKS
from tests.sessions.running import PATIENCE, Page, connect, notarize, prover_settings
from tests.sessions.tracing import trace
from tests.sessions.views import Recorder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", type=int, required=True, help="port")
    parser.add_argument("--notary", type=int, required=True, help="port")
    parser.add_argument(
        "--notary-key", type=Path, required=True, help="PKCS #8 PEM, of which the public half is used"
    )
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--request", type=Path, required=True)
    parser.add_argument("--results", type=Path, required=True, help="folder for attestation and secrets")
    parser.add_argument("--view", type=Path)
    parser.add_argument("--leak", choices=sorted(LEAKS))
    parser.add_argument("--deadline", type=float, default=PATIENCE)
    arguments = parser.parse_args()
    try:
        if arguments.view is None:
            asyncio.run(_prove(arguments, NoTap()))
        else:
            with arguments.view.open("wb") as file:
                asyncio.run(_prove(arguments, Recorder(file)))
    except Refused as refused:
        print(f"refused {refused.reason}", flush=True)
        sys.exit(1)


async def _prove(arguments: argparse.Namespace, tap: Recorder | NoTap) -> None:
    page = Page(
        port=arguments.server,
        roots=(x509.load_pem_x509_certificate(arguments.root.read_bytes()),),
        pieces=(arguments.request.read_bytes(),),
    )
    key = SigningKey.from_pem(SignatureAlgorithm.ED25519, arguments.notary_key.read_bytes()).verifying_key
    settings = prover_settings(
        page, key, tap=tap, progress=_say, deadlines=Deadlines(peer=arguments.deadline, server=PATIENCE)
    )
    prover_type = Prover if arguments.leak is None else _leaking(arguments.leak)
    warm_up()
    if isinstance(tap, Recorder):
        trace(tap)
    link = await connect(arguments.notary, deadline=arguments.deadline)
    notarized = await notarize(link, settings, page.pieces, prover_type)
    sys.setprofile(None)
    (arguments.results / "attestation").write_bytes(ATTESTATION_FILE.encode(notarized.attestation))
    (arguments.results / "secrets").write_bytes(ATTESTATION_SECRETS_FILE.encode(notarized.secrets))


def _leaking(name: str) -> type[Prover]:
    class LeakingProver(Prover):
        engine_type = LEAKS[name].prover

    return LeakingProver


def _say(phase: str, octets_sent: int, octets_received: int) -> None:
    print(f"phase {phase}", flush=True)


if __name__ == "__main__":
    main()
