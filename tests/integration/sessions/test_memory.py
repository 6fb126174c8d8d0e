"""What a session needs is free as soon as it has ended: nothing of it waits for the collector of circles."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from mpctls.reference.notary import Notary, NotarySession, NotarySettings
from mpctls.reference.prover import Prover
from tests.servers.account_server import account_server, server_context
from tests.servers.authority import Authority
from tests.sessions.running import (
    Page,
    commit_request_headers,
    connect,
    listening,
    prover_settings,
    request,
    signing_key,
    up_to_close,
)

KEY = signing_key()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    authority = Authority.create()
    chain, key = authority.issue("ecdsa", ["localhost"]).write(tmp_path_factory.mktemp("server"))
    with account_server(server_context(chain, key)) as port:
        yield Page(port=port, roots=(authority.root,), pieces=(request("/large?size=40"),))


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.slow
@pytest.mark.usefixtures("no_collector")
def test_engines_are_free_when_their_session_has_ended(page: Page) -> None:
    engines: dict[str, weakref.ref[Any]] = {}

    class Watched(NotarySession):
        async def submit_transcript_commit_config(self) -> None:
            engines["Notary"] = weakref.ref(self._engine)
            await super().submit_transcript_commit_config()

    class WatchedNotary(Notary):
        session_type = Watched

    async def play() -> Prover:
        notary = WatchedNotary(NotarySettings(signing_keys=(KEY,)))
        async with listening(notary.handle) as port:
            async with Prover(await connect(port), prover_settings(page, KEY.verifying_key)) as prover:
                transcript = await up_to_close(prover, page.pieces)
                engines["Prover"] = weakref.ref(prover._engine)
                await prover.submit_transcript_commit_config(commit_request_headers(transcript))
                await prover.include_commitments()
                await prover.receive_signed_attestation()
            return prover

    asyncio.run(play())
    assert {party: engine() for party, engine in engines.items()} == {"Prover": None, "Notary": None}
