"""Every role in any order, in as many sessions as it likes, with an attacker who keeps everything that was said.

Each rule is a call of the plan; Hypothesis chooses rules, whose messages go where, and what the attacker makes of
them. After each call specification and implementation must have the same outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

from mpctls.spec.commitments import CommitRequest
from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.ranges import RangeSet

from ..adapter import Adapter
from ..fields import Fields, flag, listed, number, numbers, optional, read_list
from ..operations.registry import form_of
from ..outcomes import Accepted
from ..properties.attestations import HOLDER, sessions, signer_of
from ..properties.certificates import NOW, trusted_roots
from ..properties.presentations import REQUEST
from .interpreter import Interpreter
from .plan import Call, Given, Listed, Made, Output, Source
from .ways import OF_MESSAGES, OF_PRESENTATIONS

_USUAL: Fields = {
    "kind": number(0),
    "largest count": number(100),
    "largest octets": number(2**20),
    "encoding commitments": flag(True),
    "hash algorithms": numbers((1, 2, 3)),
    "tolerance": number(60),
    "deviates": flag(False),
}
"""What operations take besides a session, where the machine has no opinion."""
_HOLDERS = (
    optional(None),
    optional(listed([number(HOLDER.algorithm), HOLDER.secret])),
    optional(listed([number(SignatureAlgorithm.ED25519), bytes(range(32))])),
)


class Roles(RuleBasedStateMachine):
    """The machine. `adapter` is put there by `machine_for`."""

    adapter: Adapter
    strict = True

    began = Bundle("sessions")
    """Fields of sessions."""
    said = Bundle("messages")
    """Sources of messages."""
    signed = Bundle("attestations")
    """Sources of (attestation, secrets, fields of the session)."""
    shown = Bundle("presentations")
    """Sources of files."""

    def __init__(self) -> None:
        super().__init__()
        self.interpreter = Interpreter(adapter=self.adapter, strict=self.strict)
        self._honest: dict[tuple[str, bytes], int | None] = {}

    def call(self, operation: str, session: Fields, **fields: Source) -> int | None:
        """Run an operation; the number of its call where it accepted and the implementation has it."""
        taken: dict[str, Source] = {}
        for name in form_of(operation).takes:
            given = fields.get(name.replace(" ", "_"))
            taken[name] = (
                given if given is not None else Given(session[name] if name in session else _USUAL[name])
            )
        outcome = self.interpreter.run(Call(operation=operation, fields=taken))
        return len(self.interpreter.calls) - 1 if isinstance(outcome, Accepted) else None

    def honest(self, operation: str, session: Fields, **fields: Source) -> int | None:
        """The same of a step that takes only what is honest; once in each session."""
        key = operation, session["session id"]
        if key not in self._honest:
            self._honest[key] = self.call(operation, session, **fields)
        return self._honest[key]

    def ended(self, session: Fields) -> tuple[Source, Source] | None:
        """Root and attestation of a session that nobody disturbs."""
        committed = self.honest("data_submission/commit", session)
        if committed is None:
            return None
        messages = Output(committed, "messages")
        root = self.honest("data_submission/check-commitments", session, messages=messages)
        returned = self.honest("attestation_generation/return", session)
        if root is None or returned is None:
            return None
        return Output(root, "root"), Output(returned, "message")

    @rule(target=began, fields=sessions(plain=True))
    def begin(self, fields: Fields) -> Fields:
        """A connection is over."""
        return fields

    @rule(target=said, session=began)
    def prover_speaks(self, session: Fields) -> Any:
        """The Prover submits its config and its commitments."""
        config = self.honest("data_submission/submit", session)
        committed = self.honest("data_submission/commit", session)
        found = [] if config is None else [Output(config, "message")]
        if committed is not None:
            outcome = self.interpreter.outcomes[committed]
            count = len(read_list(outcome.output["messages"])) if isinstance(outcome, Accepted) else 0
            found += [Output(committed, "messages", item) for item in range(count)]
        return multiple(*found)

    @rule(target=said, session=began)
    def notary_attests(self, session: Fields) -> Any:
        """The Notary of an honest session says its root and its attestation."""
        ended = self.ended(session)
        return multiple() if ended is None else multiple(*ended)

    @rule(target=said, way=st.sampled_from(OF_MESSAGES), one=said, other=said)
    def attacker_makes_a_message(self, way: str, one: Source, other: Source) -> Source:
        """The attacker changes one message by means of another."""
        return Made(way, one, other)

    @rule(session=began, message=said)
    def notary_is_given_a_config(self, session: Fields, message: Source) -> None:
        """Anything arrives where a config is awaited."""
        self.call("data_submission/check-config", session, message=message)

    @rule(session=began, first=said, second=said)
    def notary_is_given_commitments(self, session: Fields, first: Source, second: Source) -> None:
        """Anything arrives where commitments are awaited."""
        self.call("data_submission/check-commitments", session, messages=Listed((first, second)))

    @rule(target=signed, session=began, root=said, message=said, deviates=st.booleans())
    def prover_is_given_an_attestation(
        self, session: Fields, root: Source, message: Source, deviates: bool
    ) -> Any:
        """Anything arrives where root and attestation are awaited."""
        lies = flag(deviates and any(read_list(session["released"])))
        messages = Listed((root, message))
        accepted = self.call(
            "attestation_generation/accept", session, messages=messages, deviates=Given(lies)
        )
        return (
            multiple()
            if accepted is None
            else (self._attestation(message), Output(accepted, "secrets"), session)
        )

    @rule(target=signed, session=began)
    def prover_is_given_its_attestation(self, session: Fields) -> Any:
        """An honest session comes to its end."""
        ended = self.ended(session)
        if ended is None:
            return multiple()
        accepted = self.honest("attestation_generation/accept", session, messages=Listed(ended))
        if accepted is None:
            return multiple()
        return self._attestation(ended[1]), Output(accepted, "secrets"), session

    def _attestation(self, message: Source) -> Source:
        """The attestation within message 18: all but its index and the blinder behind it."""
        return Given(self.interpreter.value(message)[1:-32])

    @rule(
        target=shown,
        kept=signed,
        other=signed,
        mixed=st.sampled_from((False, False, False, True)),
        identity=st.booleans(),
        holder=st.sampled_from(_HOLDERS),
    )
    def prover_presents(self, kept: Any, other: Any, mixed: bool, identity: bool, holder: bytes) -> Any:
        """A presentation of everything, of one session or with the secrets of another."""
        attestation, secrets, session = kept
        given: dict[str, Source] = {
            "attestation": attestation,
            "secrets": other[1] if mixed else secrets,
            "sent_ranges": Given(optional(_whole(session, 0))),
            "received_ranges": Given(optional(_whole(session, 1))),
            "identity": Given(flag(identity)),
        }
        sent = self.call(
            "presentation_building/send",
            session,
            **given,
            holder=Given(holder),
            audience=Given(REQUEST.audience.encode()),
            nonce=Given(REQUEST.nonce),
            issued=Given(number(NOW)),
            expiry=Given(number(NOW + 600)),
        )
        return multiple() if sent is None else Output(sent, "file")

    @rule(target=shown, way=st.sampled_from(OF_PRESENTATIONS), one=shown, other=shown)
    def attacker_makes_a_presentation(self, way: str, one: Source, other: Source) -> Source:
        """The attacker changes one presentation by means of another."""
        return Made(way, one, other)

    @rule(file=shown, notary=began, asked=st.booleans(), age=st.sampled_from((None, 0, 10)))
    def verifier_is_given_a_presentation(
        self, file: Source, notary: Fields, asked: bool, age: int | None
    ) -> None:
        """A Verifier that trusts the Notary of some session is shown something."""
        key = signer_of(notary).verifying_key.encode()
        challenge = listed([REQUEST.audience.encode(), REQUEST.nonce])
        self.call(
            "verification/verify",
            {},
            file=file,
            trust=Given(listed([listed([key, number(NOW - 1000), number(NOW + 1000)])])),
            roots=Given(listed(trusted_roots())),
            now=Given(number(NOW)),
            server_names=Given(optional(None)),
            maximum_age=Given(optional(None if age is None else number(age))),
            required_extensions=Given(listed([])),
            challenge=Given(optional(challenge if asked else None)),
        )


def _whole(session: Fields, direction: int) -> bytes | None:
    """All octets of one direction that some commitment of a session covers."""
    positions: set[int] = set()
    for octets in read_list(session["config"]):
        request = CommitRequest.decode(octets)
        if request.direction == direction:
            positions |= request.ranges.positions()
    ranges = RangeSet.holding(positions)
    return None if ranges is None else ranges.encode()


def machine_for(make: Callable[[], Adapter], *, strict: bool = True) -> type[Roles]:
    """The machine that puts an implementation beside the specification."""

    class ForAdapter(Roles):
        adapter = make()

    ForAdapter.strict = strict
    return ForAdapter
