"""A Notary as a process: `python -m tests.sessions.notary_process`, with or without a record of its view.

Prints `port N` once it listens; serves until its standard input ends. With `--leak` it runs the Notary's half of a
faulty engine of tests/sessions/leaks. With `--view` everything it computes goes to that file: for one session only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey
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
    notary_type = Notary
    if arguments.leak is not None:
        notary_type = _leaking(arguments.leak)
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


def _leaking(name: str) -> type[Notary]:
    class LeakingSession(NotarySession):
        engine_type = LEAKS[name].notary

    class LeakingNotary(Notary):
        session_type = LeakingSession

    return LeakingNotary


if __name__ == "__main__":
    main()
