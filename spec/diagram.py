"""The diagrams read as data, and the binding of every arrow to the module that specifies it.

Two sequence diagrams are bound: of the attestation diagram each of the 17 arrows, of the key-exchange diagram
the four arrows and the note "Secure 2PC". The two flowcharts name the parties and are parsed, not bound. In
the key-exchange diagram, as in the first flowchart, the partner in the computation is called "Verifier"; here
it is the Notary, and the binding says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from typing import TypeAlias, TypeVar

ATTESTATION_DIAGRAM = "attestation_generation"
KEY_EXCHANGE_DIAGRAM = "key_exchange"
FLOWCHARTS = ("mpc_tls_with_verifier", "mpc_tls_with_notary")


class DiagramError(Exception):
    """A line of a diagram is not understood, or the diagram and the binding disagree."""


class Role(Enum):
    """Who takes part."""

    PROVER = "Prover"
    NOTARY = "Notary"
    VERIFIER = "Verifier"
    SERVER = "Server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An arrow of a sequence diagram, under the stage announced by the last "… Stage" note before it, if
    any.
    """

    sender: Role
    receiver: Role
    text: str
    stage: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note over one role or several."""

    over: tuple[Role, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An edge of a flowchart: its ends, whether it points both ways, and its label ("" when it has none)."""

    source: Role
    target: Role
    both_ways: bool
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A module and the element of a diagram that it specifies: its path below `mpctls.spec`, who sends, who
    gets.

    For an arrow of a role to itself, sender and receiver are equal; for the note, the two parties that
    compute.
    """

    module: str
    sender: Role
    receiver: Role
    text: str

    @property
    def is_between_roles(self) -> bool:
        """Whether the module has a message, `send` and `receive`, rather than `perform`."""
        return self.sender is not self.receiver and not self.module.endswith(_JOINT_MODULE)


SequenceElement: TypeAlias = Arrow | Note
_Element = TypeVar("_Element", Arrow, SequenceElement)

_JOINT_MODULE = "secure_two_party_computation"
_JOINT_NOTE = "Secure 2PC"
_STAGE_NOTE = re.compile(r"(?P<stage>.+) Stage")
_PARTICIPANT = re.compile(r"participant (?P<short>\w+) as (?P<name>\w+)")
_NOTE = re.compile(r"Note over (?P<over>\w+(?:, ?\w+)*): (?P<text>.+)")
_ARROW = re.compile(r"(?P<sender>\w+)->>(?P<receiver>\w+): (?P<text>.+)")
_NODE = re.compile(r"(?P<short>\w+)\[(?P<name>\w+)\]")
_EDGE = re.compile(r"(?P<source>\w+) (?P<left><)?--(?: ?(?P<label>[^<>-][^<>]*?) ?--)?> (?P<target>\w+)")

_ATTESTATION_STEPS: tuple[str, ...] = (
    "tls_session.establish_mpc_tls_connection",
    "tls_session.send_tls_handshake_data",
    "tls_session.verify_and_record_session_parameters",
    "data_submission.submit_transcript_commit_config",
    "data_submission.include_encoded_commitment_or_hash_range",
    "data_submission.generate_merkle_tree_root",
    "attestation_generation.build_attestation_body",
    "attestation_generation.include_connection_info_keys_and_commitment",
    "attestation_generation.sign_with_private_key",
    "attestation_generation.return_signed_attestation",
    "presentation_building.select_disclosure_range",
    "presentation_building.generate_transcript_proof",
    "presentation_building.combine_identity_proof",
    "presentation_building.send_presentation",
    "verification.verify_signature_validity",
    "verification.check_commitment_consistency",
    "verification.reconstruct_partial_transcript",
)

# Arrow 2 names both addends, "Verifier Public Key + Prover Public Key": the point sum, not a concatenation.
_KEY_EXCHANGE_STEPS: tuple[str, ...] = (
    "key_exchange.verifier_public_key",
    "key_exchange.combined_public_key",
    "key_exchange.server_public_key",
    "key_exchange.forward_server_public_key",
    "key_exchange.secure_two_party_computation",
)

_PARTNER_CALLED_VERIFIER = {Role.VERIFIER: Role.NOTARY}


def _lines(diagram: str, kind: str) -> list[str]:
    """The lines inside the one Mermaid block of a diagram's page, after the line that names its kind."""
    page = files(__package__).joinpath("diagrams", f"{diagram}.md").read_text(encoding="utf-8")
    block = re.search(r"```mermaid\n(.*?)```", page, re.DOTALL)
    if block is None:
        raise DiagramError(f"{diagram}: no Mermaid block")
    first, *rest = [line.strip() for line in block[1].splitlines() if line.strip()]
    if not first.startswith(kind):
        raise DiagramError(f"{diagram}: {first!r} is not a {kind}")
    return rest


def read_sequence_diagram(diagram: str) -> list[SequenceElement]:
    """Return arrows and notes of a sequence diagram in order; refuses any line that is neither."""
    roles = {role.value: role for role in Role}
    stage: str | None = None
    elements: list[SequenceElement] = []
    for line in _lines(diagram, "sequenceDiagram"):
        if participant := _PARTICIPANT.fullmatch(line):
            roles[participant["short"]] = Role(participant["name"])
        elif note := _NOTE.fullmatch(line):
            over = tuple(roles[name.strip()] for name in note["over"].split(","))
            announced = _STAGE_NOTE.fullmatch(note["text"])
            if announced:
                stage = announced["stage"].lower().replace(" ", "_")
            elements.append(Note(over=over, text=note["text"].strip()))
        elif arrow := _ARROW.fullmatch(line):
            sender, receiver = roles[arrow["sender"]], roles[arrow["receiver"]]
            elements.append(Arrow(sender=sender, receiver=receiver, text=arrow["text"].strip(), stage=stage))
        else:
            raise DiagramError(f"{diagram}: {line!r} is not understood")
    return elements


def read_flowchart(diagram: str) -> list[Edge]:
    """Return the edges of a flowchart in order; refuses any line that is neither node, edge nor frame."""
    roles: dict[str, Role] = {}
    edges = []
    for line in _lines(diagram, "flowchart"):
        if node := _NODE.fullmatch(line):
            roles[node["short"]] = Role(node["name"])
        elif edge := _EDGE.fullmatch(line):
            edges.append(
                Edge(
                    source=roles[edge["source"]],
                    target=roles[edge["target"]],
                    both_ways=edge["left"] is not None,
                    label=(edge["label"] or "").strip(),
                )
            )
        elif not re.fullmatch(r"subgraph \w+|end", line):
            raise DiagramError(f"{diagram}: {line!r} is not understood")
    return edges


def attestation_steps() -> list[Step]:
    """Bind each arrow of the attestation diagram to its module, in order."""
    arrows = [element for element in read_sequence_diagram(ATTESTATION_DIAGRAM) if isinstance(element, Arrow)]
    return [
        Step(module=module, sender=arrow.sender, receiver=arrow.receiver, text=arrow.text)
        for module, arrow in _paired(ATTESTATION_DIAGRAM, _ATTESTATION_STEPS, arrows)
    ]


def key_exchange_steps() -> list[Step]:
    """Bind the four arrows of the key-exchange diagram and its note "Secure 2PC", with the Notary as
    partner.
    """
    steps = []
    elements = [
        element
        for element in read_sequence_diagram(KEY_EXCHANGE_DIAGRAM)
        if isinstance(element, Arrow) or element.text == _JOINT_NOTE
    ]
    for module, element in _paired(KEY_EXCHANGE_DIAGRAM, _KEY_EXCHANGE_STEPS, elements):
        pair = (element.sender, element.receiver) if isinstance(element, Arrow) else element.over
        sender, receiver = (_PARTNER_CALLED_VERIFIER.get(role, role) for role in pair)
        steps.append(Step(module=module, sender=sender, receiver=receiver, text=element.text))
    return steps


def _paired(diagram: str, modules: tuple[str, ...], elements: list[_Element]) -> list[tuple[str, _Element]]:
    if len(modules) != len(elements):
        raise DiagramError(f"{diagram}: {len(elements)} elements, {len(modules)} modules")
    return list(zip(modules, elements, strict=True))


def describe() -> str:
    """The diagrams as text: flowchart edges, and each arrow of the sequence diagrams with the path of its
    module.
    """
    paragraphs = []
    for chart in FLOWCHARTS:
        edges = (
            f"  {edge.source.value} {'<->' if edge.both_ways else '-->'} {edge.target.value}  {edge.label}"
            for edge in read_flowchart(chart)
        )
        paragraphs.append("\n".join([chart, *(line.rstrip() for line in edges)]))
    for name, steps in (
        (KEY_EXCHANGE_DIAGRAM, key_exchange_steps()),
        (ATTESTATION_DIAGRAM, attestation_steps()),
    ):
        rows = (
            f"  {f'{step.sender.value} -> {step.receiver.value}':22}{step.text:42}"
            f"spec/{step.module.replace('.', '/')}.py"
            for step in steps
        )
        paragraphs.append("\n".join([name, *rows]))
    return "\n\n".join(paragraphs)
