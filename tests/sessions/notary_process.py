"""A Notary as a process: `python -m tests.sessions.notary_process`, with or without a record of its view.

Prints `port N` once it listens and `ended REASON` when it refuses; serves until its standard input ends. With
`--leak` it runs the Notary's half of a faulty engine of tests/sessions/leaks. With `--view` everything it computes
goes to that file: for one session only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.tap import NoTap
from mpctls.reference.notary import Notary, NotarySession, NotarySettings
from mpctls.reference.settings import Deadlines
from tests.sessions.leaks import LEAKS
from tests.sessions.running import PATIENCE, listening
from tests.sessions.tracing import trace
from tests.sessions.views import Recorder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--key", type=Path, required=True, help="the signing key, Ed25519, PKCS #8 PEM")
    parser.add_argument("--view", type=Path)
    parser.add_argument("--leak", choices=sorted(LEAKS))
    parser.add_argument("--deadline", type=float, default=PATIENCE)
    arguments = parser.parse_args()
    if arguments.view is None:
        asyncio.run(_serve(arguments, NoTap()))
        return
    with arguments.view.open("wb") as file:
        asyncio.run(_serve(arguments, Recorder(file)))


async def _serve(arguments: argparse.Namespace, tap: Recorder | NoTap) -> None:
    notary_type = _telling(NotaryEngine if arguments.leak is None else LEAKS[arguments.leak].notary)
    key = SigningKey.from_pem(SignatureAlgorithm.ED25519, arguments.key.read_bytes())
    notary = notary_type(
        NotarySettings(signing_keys=(key,), tap=tap, deadlines=Deadlines(peer=arguments.deadline))
    )
    await notary.prepare()
    if isinstance(tap, Recorder):
        trace(tap)
    async with listening(notary.handle) as port:
        print(f"port {port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


def _telling(engine: type[NotaryEngine]) -> type[Notary]:
    class TellingSession(NotarySession):
        engine_type = engine

        async def refuse(self, refused: Refused) -> None:
            print(f"ended {refused.reason}", flush=True)
            await super().refuse(refused)

    class TellingNotary(Notary):
        session_type = TellingSession

    return TellingNotary


if __name__ == "__main__":
    main()
