"""Make the artifacts of this folder anew: three real sessions with a server, a Notary and a Prover of this process.

Run as `python examples/make.py`, with the project installed. Keys are fresh and thrown away; all clocks stand at
`TIME`, and certificates are valid for a century, so that what is made can be verified for as long.
"""

from __future__ import annotations

import asyncio
import datetime
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import Budget
from mpctls.reference.command_line.demo_server import (
    SERVER_NAME,
    AccountServer,
    make_authority,
    server_context,
)
from mpctls.reference.command_line.encoding import with_encodings
from mpctls.reference.command_line.request import Header, build_request, parse_location
from mpctls.reference.command_line.selection import FIELDS, commit_config, select
from mpctls.reference.command_line.session import Plan, Result, play
from mpctls.reference.foundation.artifacts import (
    ATTESTATION_FILE,
    ATTESTATION_SECRETS_FILE,
    PRESENTATION_FILE,
    Attestation,
    Presentation,
)
from mpctls.reference.foundation.files import write_file
from mpctls.reference.foundation.identifiers import HashAlgorithm, SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey, VerifyingKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.presentation.binding import bind
from mpctls.reference.presentation.building import Selection, build_presentation
from mpctls.reference.presentation.predicates import prove_predicates, proved_leaves
from mpctls.reference.presentation.trust import (
    TrustedNotary,
    TrustedSetup,
    TrustStore,
    render_trust_store,
)
from mpctls.reference.prover import ProverSettings
from mpctls.reference.tls.certificates import read_roots
from mpctls.zkp.predicate.text_form import read_text
from mpctls.zkp.setup.files import write_setup
from mpctls.zkp.setup.making import make_own_setup
from mpctls.zkp.setup.powers import Setup

FOLDER = Path(__file__).resolve().parent
START = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC)
TIME = int(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).timestamp())
BALANCE = "response:json:$.balance"
HIDDEN = ("request:header:authorization", BALANCE)
PREDICATE = "response $.balance: decimal(2) >= 1000"
SETUP_SIZE_LOG2 = 11
AUDIENCE = "https://verifier.example"
NONCE = bytes(range(16))


class Session:
    """A running server and Notary, and the Prover's sessions with them."""

    def __init__(self, *, port: int, authorization: str, root: bytes, notary_key: SigningKey) -> None:
        self._port = port
        self._root = root
        self._key = notary_key
        headers = (Header(name="Authorization", value=authorization),)
        location = parse_location(f"https://{SERVER_NAME}/account")
        self._server_name = location.server_name
        self._request = build_request(location, method="GET", headers=headers, body=None)

    async def play(self, holder_key: VerifyingKey | None = None, encoded: Sequence[str] = ()) -> Result:
        """One session, every header and JSON value committed apart, the parts `encoded` to scalars."""
        notary = Notary(NotarySettings(signing_keys=(self._key,), clock=lambda: TIME))
        async with await asyncio.start_server(notary.handle, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            budget = Budget(
                sent_octets=len(self._request), sent_records=1, received_octets=4096, received_records=16
            )
            settings = ProverSettings(
                server_name=self._server_name,
                host="127.0.0.1",
                port=self._port,
                notary_key=self._key.verifying_key,
                roots=read_roots(self._root),
                budget=budget,
                clock=lambda: TIME,
            )
            plan = Plan(
                request=self._request,
                commit_config=with_encodings(
                    encoded, False, lambda names: commit_config((FIELDS, *names), HashAlgorithm.SHA256)
                ),
                algorithm=HashAlgorithm.SHA256,
                holder_key=holder_key,
            )
            return await play(Link(reader, writer), settings, plan)


def attested(result: Result) -> Attestation:
    """What the Notary signed."""
    if result.attestation is None:
        raise ValueError("the session ended without an attestation")
    return result.attestation


def all_but_hidden(result: Result) -> Selection:
    """Everything but token and balance, whose leaves say what they are."""
    transcript = Transcript(sent=result.secrets.sent, received=result.secrets.received)
    return replace(select(transcript, shown=(), hidden=HIDDEN, identity=True), structured=True)


def present(result: Result) -> Presentation:
    """Everything but token and balance."""
    return build_presentation(attested(result), result.secrets, all_but_hidden(result))


def present_with_proof(result: Result, setup: Setup) -> Presentation:
    """The same, and a proof of `PREDICATE`."""
    predicates = (read_text(PREDICATE),)
    selection = replace(all_but_hidden(result), withheld=proved_leaves(predicates, result.secrets))
    proofs = prove_predicates(attested(result), result.secrets, predicates, setup)
    return build_presentation(attested(result), result.secrets, selection, predicates=proofs)


def main() -> None:
    """Write all files of the folder."""
    root, certificate, private_key = make_authority(SERVER_NAME, START, END)
    authorization = f"Bearer {secrets.token_urlsafe(24)}"
    notary_key = SigningKey.generate(SignatureAlgorithm.ED25519)
    holder = SigningKey.generate(SignatureAlgorithm.ED25519)
    with AccountServer(server_context(certificate, private_key), authorization, lambda: TIME) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        session = Session(port=port, authorization=authorization, root=root, notary_key=notary_key)
        plain = asyncio.run(session.play())
        held = asyncio.run(session.play(holder.verifying_key))
        committed = asyncio.run(session.play(encoded=(BALANCE,)))
        server.shutdown()
    entry = TrustedNotary(
        name="example notary",
        verifying_key=notary_key.verifying_key,
        not_before=int(START.timestamp()),
        not_after=int(END.timestamp()),
    )
    bound = bind(
        present(held),
        holder=holder,
        audience=AUDIENCE,
        nonce=NONCE,
        issued=TIME,
        expiry=int(END.timestamp()),
    )
    setup = make_own_setup(SETUP_SIZE_LOG2)
    accepted = TrustedSetup(name="example setup", digest=setup.digest, origin="own")
    files = {
        "attestation.mpctls": ATTESTATION_FILE.encode(attested(plain)),
        "secrets.mpctls": ATTESTATION_SECRETS_FILE.encode(plain.secrets),
        "presentation.mpctls": PRESENTATION_FILE.encode(present(plain)),
        "bound-presentation.mpctls": PRESENTATION_FILE.encode(bound),
        "committed-attestation.mpctls": ATTESTATION_FILE.encode(attested(committed)),
        "committed-secrets.mpctls": ATTESTATION_SECRETS_FILE.encode(committed.secrets),
        "predicate-presentation.mpctls": PRESENTATION_FILE.encode(present_with_proof(committed, setup)),
        "trust-store.json": render_trust_store(TrustStore(notaries=(entry,), setups=(accepted,))),
        "root.pem": root,
    }
    for name, octets in files.items():
        write_file(FOLDER / name, octets, secret=False)
        print(f"{name}  {len(octets)} octets")
    write_setup(FOLDER / "setup.mpctls", setup)


if __name__ == "__main__":
    main()
