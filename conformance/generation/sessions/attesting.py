"""Whole sessions from the end of the connection to the attestation, and messages where they do not belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mpctls.spec.commitments import CommitRequest
from mpctls.spec.disclosure import NO_BLINDER
from mpctls.spec.identifiers import SessionKind
from mpctls.spec.messages import Disclosure, Refusal, TlsHandshakeData, decode_message, encode_message
from mpctls.spec.presentation import HandshakeOpening, IdentityProof, KeyExchangeOpening
from mpctls.spec.ranges import RangeSet
from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import Fields, flag, number, optional, read_list
from ...operations.form import Feature
from ...properties.attestations import signer_of
from ..data_submission.honest_sessions import ENCODED, USUAL, features_of, session
from ..rendering_sessions import SessionFamily
from ..session_vector import Script, SessionVector
from ..vector import Mutation, MutationKind

_LABEL = "sessions/both"
_MISPLACED = "link/unexpected-message"
_CLOSED = "link/closed"
_OUT_OF_ORDER = "attestation-generation/out-of-order"


def _fields(
    label: str, config: Sequence[CommitRequest], kind: SessionKind = SessionKind.NOTARIZE, *, deviates: bool = False
) -> Fields:  # fmt: skip
    fields = session(f"{_LABEL}/{label}", config)
    return {
        **fields,
        "kind": number(kind),
        "notary key": signer_of(fields).verifying_key.encode(),
        "tolerance": number(60),
        "deviates": flag(deviates),
    }


class _Play:
    """A session that is played up to a message, and from there on otherwise."""

    def __init__(self, fields: Fields) -> None:
        self.script, self.fields = Script(), fields
        self.said: dict[int, bytes] = {}
        self.script.open("notary", "notary", fields)
        self.script.open("prover", "prover", fields)

    def until(self, stop: int | None = None) -> _Play:
        """Play on, honestly, until the message `stop` would be delivered."""
        names = ("config", "tree algorithm", "body algorithm", "prover extensions")
        submitted = {name.replace(" ", "_"): self.fields[name] for name in names}
        self.said[15] = self.script.step("prover", "submit", None, **submitted)["message"]
        if stop == 15:
            return self
        self._to_notary(15)
        for octets in read_list(self.script.step("prover", "commit")["messages"]):
            self.said[octets[0]] = octets
        for index in [each for each in (16, 21) if each in self.said]:
            if stop == index:
                return self
            self._to_notary(index)
        if stop == 17:
            return self
        self.script.step("prover", "deliver", message=self.said[17])
        if self.fields["kind"] == number(SessionKind.VERIFY):
            return self._disclosing(stop)
        self.said[18] = self.script.step("notary", "attest")["message"]
        if stop == 18:
            return self
        self.script.step("prover", "deliver", message=self.said[18])
        return self

    def _disclosing(self, stop: int | None) -> _Play:
        shown = RangeSet.of((48, 52)).encode()
        self.said[19] = self.script.step(
            "prover", "disclose", sent_ranges=optional(None), received_ranges=optional(shown)
        )["message"]
        if stop == 19:
            return self
        self._to_notary(19)
        if stop == 20:
            return self
        self.script.step("prover", "deliver", message=self.said[20])
        return self

    def _to_notary(self, index: int) -> None:
        for answer in read_list(self.script.step("notary", "deliver", message=self.said[index])["answers"]):
            self.said[answer[0]] = answer


_KINDS: tuple[tuple[str, tuple[CommitRequest, ...], SessionKind], ...] = (
    ("notarize", USUAL, SessionKind.NOTARIZE),
    ("encoding", ENCODED, SessionKind.NOTARIZE),
    ("verify", USUAL, SessionKind.VERIFY),
)


def _taker(index: int) -> str:
    return "notary" if index in (15, 16, 19, 21) else "prover"


def _vectors() -> Iterator[SessionVector]:
    for name, config, kind in _KINDS:
        fields = _fields(name, config, kind)
        features = (Feature.SESSIONS, *features_of(config))
        honest = _Play(fields).until()
        yield SessionVector(
            name=name, comment=f"An honest session of the kind {name}, to its end.", features=features,
            seed=f"{_LABEL}/{name}", operations=honest.script.written(),
        )  # fmt: skip
        for index in sorted(honest.said):
            for word, kind_of, octets, expects in _instead(index, honest.said, name, config, kind):
                play = _Play(fields).until(index)
                play.script.step(_taker(index), "deliver", expects, message=octets)
                # Nothing is taken after a refusal, also not what would have been right.
                play.script.step(_taker(index), "deliver", _CLOSED, message=play.said[index])
                yield SessionVector(
                    name=f"{name}-{index}-{word}",
                    comment=f"Where message {index} is awaited comes: {word.replace('-', ' ')}.",
                    operations=play.script.written(), base=name, features=features, seed=f"{_LABEL}/{name}",
                    mutation=Mutation(kind=kind_of, field=f"message {index}", detail=word.replace("-", " ")),
                )  # fmt: skip
        last = max(honest.said) if kind is SessionKind.VERIFY else 18
        again = _Play(fields).until()
        again.script.step("prover", "deliver", _CLOSED, message=again.said[last])
        again.script.step("notary", "deliver", _CLOSED, message=again.said[15])
        yield SessionVector(
            name=f"{name}-after-the-end", comment="After its last message a role takes nothing.",
            operations=again.script.written(), base=name, features=features, seed=f"{_LABEL}/{name}",
            mutation=Mutation(kind=MutationKind.DUPLICATE, field=f"message {last}", detail="after the end"),
        )  # fmt: skip
    yield from _own_moves()
    yield from _nothing()
    yield from _deviation()


def _instead(
    index: int, said: dict[int, bytes], name: str, config: Sequence[CommitRequest], kind: SessionKind
) -> Iterator[tuple[str, MutationKind, bytes, str]]:
    for other in sorted(said):
        if other != index:
            yield f"message-{other}", MutationKind.REORDER, said[other], _MISPLACED
    yield "a-refusal", MutationKind.REPLACE, encode_message(Refusal(reason="link/timeout")), "link/timeout"
    foreign = {
        16: "data-submission/commitment-proof-invalid",
        17: "data-submission/root-mismatch",
        18: "attestation-generation/key-exchange-commitment-mismatch",
        19: "verification/merkle-proof-invalid",
    }
    if index in foreign and not (name == "encoding" and index == 17):
        another = _Play(_fields(f"{name}/another", config, kind)).until().said
        yield "of-another-session", MutationKind.FROM_ANOTHER_SESSION, another[index], foreign[index]
    if index == 19:
        yield from _identities(said[index], _fields(name, config, kind))


def _identities(message: bytes, fields: Fields) -> Iterator[tuple[str, MutationKind, bytes, str]]:
    """The disclosure with a proof of who the Server is: of another connection, and of this one, whose
    certificates are none."""
    disclosure, handshake = decode_message(message), TlsHandshakeData.decode(fields["handshake"])
    if not isinstance(disclosure, Disclosure):
        raise TypeError("message 19 is a disclosure")
    honest = IdentityProof(
        server_name=fields["server name"].decode(),
        key_exchange=KeyExchangeOpening(
            client_random=handshake.client_random,
            server_random=handshake.server_random,
            server_ephemeral_key=handshake.server_ephemeral_key,
            blinder=NO_BLINDER,
        ),
        handshake=HandshakeOpening(
            handshake_data=HandshakeData.decode(fields["handshake data"]), blinder=fields["handshake blinder"]
        ),
    )
    exchange, opening = honest.key_exchange, honest.handshake
    for word, identity, reason in (
        ("random-of-another-client", replace(honest, key_exchange=replace(exchange, client_random=bytes(32))),
         "verification/key-exchange-commitment-mismatch"),
        ("random-of-another-server", replace(honest, key_exchange=replace(exchange, server_random=bytes(32))),
         "verification/key-exchange-commitment-mismatch"),
        ("key-exchange-with-a-blinder", replace(honest, key_exchange=replace(exchange, blinder=b"\1" * 32)),
         "verification/key-exchange-commitment-mismatch"),
        ("handshake-of-another-session", replace(honest, handshake=replace(opening, blinder=bytes(32))),
         "verification/handshake-commitment-mismatch"),
        ("identity-of-no-certificates", honest, "verification/certificate-invalid"),
    ):  # fmt: skip
        yield word, MutationKind.INSERT, encode_message(replace(disclosure, identity=identity)), reason


def _own_moves() -> Iterator[SessionVector]:
    for name, config, kind in _KINDS:
        features = (Feature.SESSIONS, *features_of(config))
        fields = _fields(name, config, kind)
        stops = (15, 16, 19) if kind is SessionKind.VERIFY else (15, 16, 17)
        for stop in stops:
            play = _Play(fields).until(stop)
            if stop == 17:
                play.script.step("notary", "attest")
            play.script.step("notary", "attest", _OUT_OF_ORDER)
            word = {17: "twice", 19: "where-nothing-is-signed"}.get(stop, f"before-message-{stop}")
            yield SessionVector(
                name=f"{name}-attest-{word}", comment="The Notary builds a body once, and over a tree.",
                operations=play.script.written(), base=name, features=features, seed=f"{_LABEL}/{name}",
                mutation=Mutation(kind=MutationKind.REORDER, field="attest", detail=word.replace("-", " ")),
            )  # fmt: skip


def _nothing() -> Iterator[SessionVector]:
    """A Prover that shows neither octets nor who the Server is has nothing to disclose."""
    play = _Play(_fields("verify", USUAL, SessionKind.VERIFY)).until(17)
    play.script.step("prover", "deliver", message=play.said[17])
    none = optional(None)
    play.script.step(
        "prover", "disclose", "presentation-building/nothing-selected", sent_ranges=none, received_ranges=none
    )
    yield SessionVector(
        name="verify-disclose-nothing", comment="A disclosure shows something.",
        operations=play.script.written(), base="verify", features=(Feature.SESSIONS, *features_of(USUAL)),
        seed=f"{_LABEL}/verify",
        mutation=Mutation(kind=MutationKind.REMOVE, field="received ranges", detail="no range of either direction"),
    )  # fmt: skip


def _deviation() -> Iterator[SessionVector]:
    """A Notary that lied in the conversion is found out, and does not learn it before the end."""
    play = _Play(_fields("encoding", ENCODED, deviates=True)).until(18)
    play.script.step("prover", "deliver", "data-submission/conversion-check-failed", message=play.said[18])
    yield SessionVector(
        name="encoding-deviation",
        comment="What was released does not fit: the Prover takes root and attestation in silence, and then refuses.",
        operations=play.script.written(), base="encoding", features=(Feature.SESSIONS, *features_of(ENCODED)),
        seed=f"{_LABEL}/encoding",
        mutation=Mutation(kind=MutationKind.REPLACE, field="deviates", detail="true"),
    )  # fmt: skip


SESSION_FAMILIES = (
    SessionFamily(
        step=_LABEL,
        name="attesting",
        summary="Sessions from the end of the connection on, honest and with one message out of place.",
        make=_vectors,
    ),
)
