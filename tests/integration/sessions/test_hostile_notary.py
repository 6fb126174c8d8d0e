"""A Notary that leaves the order or answers something else: the Prover ends the session with the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mpctls.reference.channel.messages import (
    MerkleTreeRoot,
    NotaryKeyShare,
    RecordedSessionParameters,
    Refusal,
    SessionAnswer,
    SessionClosed,
    SessionMessage,
    SignedAttestation,
    TagShare,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.notary import Notary, NotarySettings
from tests.servers.account_server import account_server, server_context
from tests.servers.authority import Authority
from tests.sessions.hostile import (
    HostileLink,
    Mutation,
    before,
    instead,
    last_octet,
    longer,
    on_engine_channel,
    shorter,
    twice,
)
from tests.sessions.running import (
    PATIENCE,
    Page,
    connect,
    listening,
    notarize,
    prover_settings,
    request,
    signing_key,
)

KEY = signing_key()
OFF_THE_CURVE = NotaryKeyShare(public_key=b"\x04" + bytes(64), random=bytes(32))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    authority = Authority.create()
    certificate = authority.issue("ecdsa", ["localhost"])
    with account_server(server_context(*certificate.write(tmp_path_factory.mktemp("server")))) as port:
        yield Page(port=port, roots=(authority.root,), pieces=(request("/large?size=40"),))


def refusal(page: Page, kind: type[SessionMessage], mutation: Mutation, *, trusted: SigningKey = KEY) -> str:
    """The reason for which a Prover ends a session with this Notary."""

    async def session() -> str:
        notary = Notary(NotarySettings(signing_keys=(KEY,)))
        await notary.prepare()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            link = HostileLink(reader, writer, deadline=PATIENCE)
            link.arm(kind, mutation)
            await notary.serve(link)

        async with listening(handle) as port:
            settings = prover_settings(page, trusted.verifying_key)
            with pytest.raises(Refused) as refused:
                await notarize(await connect(port), settings, page.pieces)
        return refused.value.reason

    return asyncio.run(session())


AT_FIRST: list[tuple[type[SessionMessage], Mutation, str]] = [
    (SessionAnswer, last_octet, "tls-session/answer-signature-invalid"),
    (SessionAnswer, longer, "encoding/trailing-octets"),
    (SessionAnswer, shorter, "encoding/truncated"),
    (SessionAnswer, before(SessionClosed()), "link/unexpected-message"),
    (SessionAnswer, on_engine_channel, "link/unexpected-message"),
    (SessionAnswer, instead(Refusal(reason="tls-session/budget-exceeded")), "tls-session/budget-exceeded"),
    (SessionAnswer, instead(Refusal(reason="a\x1b[2Jb")), "link/unexpected-message"),
]
LATER: list[tuple[type[SessionMessage], Mutation, str]] = [
    (SessionAnswer, twice, "link/unexpected-message"),
    (
        NotaryKeyShare,
        instead(NotaryKeyShare(public_key=b"\x04" + bytes(64), random=bytes(32))),
        "key-exchange/invalid-point",
    ),
    (RecordedSessionParameters, last_octet, "tls-session/recorded-parameters-mismatch"),
    (RecordedSessionParameters, twice, "link/unexpected-message"),
    (TagShare, twice, "link/unexpected-message"),
    (TagShare, instead(TagShare(sequence_number=1, share=bytes(16))), "mpc-tls/sequence-number-mismatch"),
    (SessionClosed, twice, "link/unexpected-message"),
    (MerkleTreeRoot, last_octet, "data-submission/root-mismatch"),
    (SignedAttestation, shorter, "encoding/truncated"),
    (SignedAttestation, before(SessionClosed()), "link/unexpected-message"),
]


def _names(cases: list[tuple[type[SessionMessage], Mutation, str]]) -> list[str]:
    return [f"{kind.__name__}-{mutation.__name__}-{reason}" for kind, mutation, reason in cases]


@pytest.mark.parametrize(("kind", "mutation", "reason"), AT_FIRST, ids=_names(AT_FIRST))
def test_an_answer_that_is_not_one_is_refused(
    page: Page, kind: type[SessionMessage], mutation: Mutation, reason: str
) -> None:
    assert refusal(page, kind, mutation) == reason


def test_another_notary_than_the_trusted_one_is_refused(page: Page) -> None:
    assert refusal(page, SignedAttestation, longer, trusted=signing_key()) == "tls-session/untrusted-notary"


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "mutation", "reason"), LATER, ids=_names(LATER))
def test_a_notary_that_leaves_the_order_is_refused(
    page: Page, kind: type[SessionMessage], mutation: Mutation, reason: str
) -> None:
    assert refusal(page, kind, mutation) == reason
