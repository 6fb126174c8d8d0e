"""Roles of the reference that keep state: their own coroutines, driven one message after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from types import SimpleNamespace
from typing import Any, cast

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import CommitRequest
from mpctls.reference.foundation.artifacts import ATTESTATION_SECRETS
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import HashAlgorithm, SessionKind
from mpctls.reference.foundation.ranges import RANGE_SET
from mpctls.reference.foundation.signatures import VERIFYING_KEY
from mpctls.reference.interactive_verifier import InteractiveVerifier
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.presentation.building import Selection
from mpctls.reference.verifier import VerifierSettings

from ...fields import Fields, listed, optional, read_flag, read_number, read_optional
from .scripted import PrescribedRandomness, Writer, messages_of
from .submission import (
    checking_engine,
    config_of,
    encoding_blinders,
    extensions_of,
    notary_after,
    prover_after,
)


class _Inbox:
    """What a role reads from; it says when the role waits for more than there is."""

    def __init__(self) -> None:
        self._octets = bytearray()
        self._more = asyncio.Event()
        self.waited_for = asyncio.Event()

    def feed(self, message: bytes) -> None:
        """A frame of channel 0 arrives."""
        self._octets += (len(message) + 1).to_bytes(4, "little") + b"\0" + message
        self.waited_for.clear()
        self._more.set()

    async def readexactly(self, count: int) -> bytes:
        """The next octets, once they are there."""
        while len(self._octets) < count:
            self._more.clear()
            self.waited_for.set()
            await self._more.wait()
        taken = bytes(self._octets[:count])
        del self._octets[:count]
        return taken


class _Role:
    """A role on a link of its own; each move runs until it has ended or waits for a message."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._inbox, self._writer = _Inbox(), Writer()
        self._task: asyncio.Task[Any] | None = None
        self._ended = False
        self._said = 0
        self.link = self._loop.run_until_complete(self._linked())
        self.closing: list[Callable[[], Coroutine[Any, Any, None]]] = []

    async def _linked(self) -> Link:
        link = Link(cast(Any, self._inbox), cast(asyncio.StreamWriter, self._writer))
        link.agree()
        return link

    def begin(self, move: Coroutine[Any, Any, Any]) -> list[bytes]:
        """Begin a move; what the role says until it waits. Raises Refused."""
        self._require_open()
        self._inbox.waited_for.clear()
        self._task = self._loop.create_task(move)
        return self._settle()

    def deliver(self, message: bytes) -> list[bytes]:
        """Give the role a message; what it says then. Raises Refused."""
        self._require_open()
        if self._task is None or self._task.done():
            raise ValueError("the role awaits no message")
        self._inbox.feed(message)
        return self._settle()

    @property
    def result(self) -> Any:
        """What the last move gave, None while it goes on."""
        return self._task.result() if self._task is not None and self._task.done() else None

    def end(self) -> None:
        """The session is over."""
        self._ended = True

    def close(self) -> None:
        """Forget everything."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        for each in self.closing:
            self._loop.run_until_complete(each())
        self._loop.close()

    def _require_open(self) -> None:
        if self._ended:
            raise Refused("link/closed", "the session is over")

    def _settle(self) -> list[bytes]:
        task = self._task
        if task is None:
            return []

        async def settled() -> None:
            waits = asyncio.create_task(self._inbox.waited_for.wait())
            await asyncio.wait({task, waits}, return_when=asyncio.FIRST_COMPLETED)
            waits.cancel()

        self._loop.run_until_complete(settled())
        if task.done() and task.exception() is not None:
            self._ended = True
            raise cast(BaseException, task.exception())
        said = messages_of(bytes(self._writer.octets))
        new, self._said = said[self._said :], len(said)
        return list(new)


def _with_config(fields: Fields, config: Sequence[CommitRequest]) -> Fields:
    """What the engine is opened with, and the entries that it is asked about."""
    codec = Struct(CommitRequest)
    return {**fields, "config": listed([codec.encode(each) for each in config])}


class ReferenceNotary:
    """A Notary of the reference after the connection."""

    def __init__(self, fields: Fields) -> None:
        self._role = _Role()
        self._verifies = SessionKind(read_number(fields["kind"])) is SessionKind.VERIFY
        drawn = (fields["key exchange blinder"], fields["attestation id"])
        self._fields = fields
        self._session = notary_after(self._role.link, fields, drawn=drawn)
        self._session._kind = SessionKind(read_number(fields["kind"]))
        self._role.closing.append(self._session.close)
        self._role.begin(self._submission())

    async def _submission(self) -> None:
        await self._session.submit_transcript_commit_config()
        engine = checking_engine(_with_config(self._fields, self._session._config.config))
        self._session._engine = cast(NotaryEngine, engine)
        await self._session.include_commitments()
        await self._session.generate_merkle_tree_root()
        if self._verifies:
            settings = SimpleNamespace(_verifier_settings=VerifierSettings(roots=()))
            await InteractiveVerifier.verify_disclosure(cast(Any, settings), self._session)
            self._role.end()

    def run(self, operation: str, fields: Fields) -> Fields:
        """Run one operation. Raises Refused."""
        if operation == "sessions/attest":
            if self._verifies or self._role._ended or not self._rooted:
                # The reference has one order of its own moves, and no way to ask for another.
                raise Refused("attestation-generation/out-of-order", "no tree, or nothing is signed")
            said = self._role.begin(self._session.return_signed_attestation())
            self._role.end()
            return {"message": said[0]}
        return {"answers": listed(self._role.deliver(fields["message"])), "secrets": optional(None)}

    @property
    def _rooted(self) -> bool:
        return hasattr(self._session, "_root")

    def close(self) -> None:
        """Forget everything."""
        self._role.close()


class ReferenceProver:
    """A Prover of the reference after the connection."""

    def __init__(self, fields: Fields) -> None:
        self._role = _Role()
        self._fields = fields
        self._kind = SessionKind(read_number(fields["kind"]))
        key = VERIFYING_KEY.decode(fields["notary key"])
        self._prover = prover_after(self._role.link, fields, notary_key=key, kind=self._kind)
        self._role.closing.append(lambda: self._prover.__aexit__(None, None, None))

    async def _committing(self) -> Any:
        fields = _with_config(self._fields, self._prover._config.config)
        engine = checking_engine(fields, deviates=read_flag(fields["deviates"]))
        self._prover._randomness = PrescribedRandomness(numbers=encoding_blinders(fields))
        self._prover._engine = cast(ProverEngine, engine)
        await self._prover.include_commitments()
        if self._kind is SessionKind.VERIFY:
            return None
        _, secrets = await self._prover.receive_signed_attestation()
        self._role.end()
        return secrets

    async def _disclosing(self, selection: Selection) -> None:
        await self._prover.disclose(selection)
        self._role.end()

    def run(self, operation: str, fields: Fields) -> Fields:
        """Run one operation. Raises Refused."""
        match operation:
            case "sessions/submit":
                move = self._prover.submit_transcript_commit_config(
                    config_of(fields),
                    tree_algorithm=HashAlgorithm(read_number(fields["tree algorithm"])),
                    body_hash_algorithm=HashAlgorithm(read_number(fields["body algorithm"])),
                    prover_extensions=extensions_of(fields, "prover extensions"),
                )
                return {"message": self._role.begin(move)[0]}
            case "sessions/commit":
                return {"messages": listed(self._role.begin(self._committing()))}
            case "sessions/disclose":
                sent, received = (read_optional(fields[f"{name} ranges"]) for name in ("sent", "received"))
                selection = Selection(
                    sent=None if sent is None else RANGE_SET.decode(sent),
                    received=None if received is None else RANGE_SET.decode(received),
                    identity=False,
                )
                return {"message": self._role.begin(self._disclosing(selection))[0]}
            case _:
                answers = self._role.deliver(fields["message"])
                secrets = self._role.result
                kept = None if secrets is None else ATTESTATION_SECRETS.encode(secrets)
                return {"answers": listed(answers), "secrets": optional(kept)}

    def close(self) -> None:
        """Forget everything."""
        self._role.close()


def opened(role: str, fields: Fields) -> ReferenceNotary | ReferenceProver:
    """The role that `sessions/open-<role>` begins."""
    if role == "notary":
        return ReferenceNotary(fields)
    if role == "prover":
        return ReferenceProver(fields)
    raise ValueError(f"no role {role!r}")
