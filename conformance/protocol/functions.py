"""An adapter of plain functions: what an author in Python writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..operations.shapes import Json
from .messages import PROTOCOL, Accept, Close, Error, Hello, Open, Reject, Run, Step, Unsupported, Verdict

Function = Callable[..., Mapping[str, Json]]


class Refusal(Exception):
    """A function's way to say that a check refused, by the two halves of a reason code."""

    def __init__(self, stage: str, reason: str) -> None:
        self.stage, self.reason = stage, reason
        super().__init__(f"{stage}/{reason}")


class Lacking(Exception):
    """A function's way to say that the implementation lacks a feature."""

    def __init__(self, feature: str) -> None:
        self.feature = feature
        super().__init__(feature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """An implementation made of one function for each operation, without roles that keep state.

    A function takes the members of `input` and `randomness` by name, gives the members of the output, and raises
    Refusal or Lacking where it cannot.
    """

    name: str
    operations: Mapping[str, Function]
    language: str = "Python"
    version: str = "0"
    roles: tuple[str, ...] = ("prover", "notary", "verifier")
    features: tuple[str, ...] = field(default=())

    def hello(self) -> Hello:
        """Who it is and what it has."""
        return Hello(
            protocol=PROTOCOL,
            name=self.name,
            language=self.language,
            version=self.version,
            protocol_versions=(PROTOCOL,),
            roles=self.roles,
            operations=tuple(self.operations),
            features=self.features,
        )

    def run(self, request: Run) -> Verdict:
        """Call the function of the operation."""
        function = self.operations.get(request.operation)
        if function is None:
            return Error(message=f"no operation {request.operation}")
        try:
            return Accept(output=function(**request.input, **request.randomness))
        except Refusal as refusal:
            return Reject(stage=refusal.stage, reason=refusal.reason)
        except Lacking as lacking:
            return Unsupported(feature=lacking.feature)

    def open(self, request: Open) -> Verdict:
        """Say that there are no such roles."""
        return Unsupported(feature="sessions")

    def step(self, request: Step) -> Verdict:
        """Never asked."""
        return Error(message="no handle was given out")

    def close(self, request: Close) -> Verdict:
        """Never asked."""
        return Error(message="no handle was given out")
