"""Every step that has a property: the arrows of both sequence diagrams, what they contain, what they stand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from mpctls.spec.diagram import attestation_steps, key_exchange_steps

MPC_TLS = ("key_schedule", "finished", "records", "record_state_machine", "close", "finalisation")
FOUNDATION = (
    "registries",
    "encoding",
    "ranges",
    "merkle",
    "commitments",
    "lexical_classes",
    "signatures",
    "server_identity",
    "encoding_commitments",
    "predicates",
    "statement",
    "framing",
)
VERIFICATION = ("structured_view", "predicate_evaluation", "plonk_proof", "groth16_proof", "hash_bridge")
"""What verification consists of beyond its arrows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that an implementation is held to; its property stands in `properties/<stage>/<name>.py`."""

    stage: str
    name: str
    title: str

    @property
    def id(self) -> str:
        """`stage/name`, stable."""
        return f"{self.stage}/{self.name}"

    @property
    def module(self) -> str:
        """The module of its property."""
        return f"mpctls.conformance.properties.{self.stage}.{self.name}"

    @property
    def summary(self) -> str:
        """What its property says, in the first line of the module's docstring."""
        return (import_module(self.module).__doc__ or "").strip().partition("\n")[0]


def steps() -> Iterator[Step]:
    """All steps: foundation first, then the stages in the order of a session."""
    for name in FOUNDATION:
        yield Step(stage="foundation", name=name, title=name.replace("_", " "))
    arrows = attestation_steps()
    yield from (
        _of_diagram(each.module, each.text) for each in arrows if each.module.startswith("tls_session.")
    )
    yield from (_of_diagram(each.module, each.text) for each in key_exchange_steps())
    for name in MPC_TLS:
        yield Step(stage="mpc_tls", name=name, title=name.replace("_", " "))
    yield from (
        _of_diagram(each.module, each.text) for each in arrows if not each.module.startswith("tls_session.")
    )
    for name in VERIFICATION:
        yield Step(stage="verification", name=name, title=name.replace("_", " "))


def _of_diagram(module: str, text: str) -> Step:
    stage, name = module.split(".")
    return Step(stage=stage, name=name, title=text)
