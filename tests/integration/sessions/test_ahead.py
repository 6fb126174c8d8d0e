"""A Prover preprocesses its next session while one runs: both end well, and nothing of one is in the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mpctls.reference.foundation.artifacts import Attestation
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.prover import Prover
from mpctls.reference.settings import Deadlines
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
)

KEY = signing_key()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    authority = Authority.create()
    certificate = authority.issue("ecdsa", ["localhost"])
    context = server_context(*certificate.write(tmp_path_factory.mktemp("server")))
    with account_server(context) as port:
        yield Page(port=port, roots=(authority.root,), pieces=(request("/large?size=40"),))


async def rest(prover: Prover, page: Page) -> Attestation:
    """Everything after preprocessing."""
    async with prover:
        await prover.send_tls_handshake_data()
        for piece in page.pieces:
            await prover.send_request(piece)
        await prover.receive_response()
        transcript = await prover.close()
        await prover.submit_transcript_commit_config(commit_request_headers(transcript))
        await prover.include_commitments()
        attestation, _ = await prover.receive_signed_attestation()
    return attestation


@pytest.mark.slow
def test_the_next_session_is_preprocessed_while_one_runs(page: Page) -> None:
    async def play() -> tuple[list[bytes], list[Attestation]]:
        notary = Notary(NotarySettings(signing_keys=(KEY,)))
        await notary.prepare()
        settings = prover_settings(page, KEY.verifying_key)
        async with listening(notary.handle) as port:
            first, second = [Prover(await connect(port), settings) for _ in range(2)]
            await first.establish_mpc_tls_connection()
            attested, _ = await asyncio.gather(rest(first, page), second.establish_mpc_tls_connection())
            return [each._answer.session_id for each in (first, second)], [
                attested,
                await rest(second, page),
            ]

    sessions, attestations = asyncio.run(play())
    assert len(set(sessions)) == 2
    commitments = {each.body.key_exchange_commitment for each in attestations}
    assert len(commitments) == 2


@pytest.mark.slow
def test_a_preprocessed_session_waits_no_longer_than_the_deadline(page: Page) -> None:
    async def play() -> str:
        notary = Notary(NotarySettings(signing_keys=(KEY,), deadlines=Deadlines(peer=5.0)))
        await notary.prepare()
        async with listening(notary.handle) as port:
            prover = Prover(await connect(port), prover_settings(page, KEY.verifying_key))
            await prover.establish_mpc_tls_connection()
            await asyncio.sleep(6.0)
            with pytest.raises(Refused) as refused:
                await rest(prover, page)
            return refused.value.reason

    assert asyncio.run(play()) in ("link/timeout", "link/closed")
