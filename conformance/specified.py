"""What the specification says of each step, read from the docstrings of its source without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from .catalogue import FOUNDATION, VERIFICATION

_REASON = re.compile(r"\b[a-z0-9-]+/[a-z0-9-]+\b")
_BEYOND_ARROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "foundation/registries": ("identifiers", "contexts", "reasons"),
        "foundation/encoding": ("encoding", "messages", "files"),
        "foundation/framing": ("framing", "link"),
        "foundation/ranges": ("ranges",),
        "foundation/merkle": ("merkle",),
        "foundation/commitments": ("commitments", "attestation", "extensions"),
        "foundation/lexical_classes": ("lexical",),
        "foundation/signatures": ("signatures", "trust_store"),
        "foundation/server_identity": ("tls.server_identity",),
        "foundation/encoding_commitments": (
            "zero_knowledge.field_encoding",
            "zero_knowledge.conversion",
            "ideal.encoding_commitment",
        ),
        "foundation/predicates": (
            "zero_knowledge.predicate",
            "zero_knowledge.predicate_terms",
            "zero_knowledge.predicate_rules",
            "zero_knowledge.predicate_json",
            "zero_knowledge.reading_predicates",
        ),
        "foundation/statement": ("zero_knowledge.statements",),
        "verification/structured_view": (
            "structure.view",
            "structure.message",
            "structure.head",
            "structure.framing",
            "structure.json_text",
            "structure.names",
        ),
        "verification/predicate_evaluation": (
            "zero_knowledge.evaluation",
            "zero_knowledge.values",
            "zero_knowledge.field_types",
            "zero_knowledge.patterns",
            "zero_knowledge.presented_predicates",
        ),
        "verification/plonk_proof": ("zero_knowledge.plonk",),
        "verification/groth16_proof": ("zero_knowledge.groth16",),
        "verification/hash_bridge": ("zero_knowledge.hash_bridges",),
    }
)
"""Modules that specify a step which is no arrow of a diagram; an arrow's path is its step's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionText:
    """A public function or class: its name, its parameters as they stand in the source, and its docstring."""

    name: str
    signature: str
    text: str

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason codes that the docstring names, in the order in which checks are made."""
        found = dict.fromkeys(each for each in _REASON.findall(self.text) if each in reasons())
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleText:
    """A module of the specification: its dotted path below `mpctls.spec` and what its docstrings say."""

    name: str
    text: str
    functions: tuple[FunctionText, ...]
    raises: frozenset[str]
    """Reason codes that its code mentions."""

    @property
    def path(self) -> str:
        """Its file, from the root of the repository."""
        return f"spec/{self.name.replace('.', '/')}.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonText:
    """A reason code: the name of its member, and its meaning in a sentence."""

    code: str
    member: str
    meaning: str


def modules_of(step: str) -> tuple[str, ...]:
    """The modules below `mpctls.spec` that specify a step of the catalogue, the most important first."""
    stage, _, name = step.partition("/")
    if stage == "foundation" or name in VERIFICATION or name in FOUNDATION:
        return _BEYOND_ARROWS[step]
    return (f"{stage}.{name}",)


@cache
def read_module(name: str) -> ModuleText:
    """The docstrings of a module below `mpctls.spec`. Raises FileNotFoundError for none."""
    tree = ast.parse(_source(name))
    functions = tuple(_described(tree.body))
    members = {each.member: each.code for each in reasons().values()}
    raised = {
        members[node.attr]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Reason"
        and node.attr in members
    }
    return ModuleText(
        name=name, text=ast.get_docstring(tree) or "", functions=functions, raises=frozenset(raised)
    )


@cache
def reasons() -> Mapping[str, ReasonText]:
    """Every reason code with its meaning, in the order of the registry."""
    tree = ast.parse(_source("reasons"))
    registry = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Reason")
    found: dict[str, ReasonText] = {}
    for node in registry.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=member)], value=ast.Tuple() as pair):
                code, meaning = ast.literal_eval(pair)
                found[code] = ReasonText(code=code, member=member, meaning=meaning)
            case _:
                continue
    return MappingProxyType(found)


def step_text(step: str) -> str:
    """What the specification says of a step, as plain text with code in back quotes."""
    paragraphs: list[str] = []
    for name in modules_of(step):
        module = read_module(name)
        paragraphs += [f"`{module.path}`", module.text]
        paragraphs += [f"`{each.name}`: {each.text}" for each in module.functions if each.text]
    return "\n\n".join(_flat(each) for each in paragraphs if each)


def _described(body: list[ast.stmt], within: str = "") -> Iterator[FunctionText]:
    for node in body:
        match node:
            case ast.FunctionDef() if not node.name.startswith("_"):
                returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
                yield FunctionText(
                    name=f"{within}{node.name}",
                    signature=f"{node.name}({ast.unparse(node.args)}){returned}",
                    text=ast.get_docstring(node) or "",
                )
            case ast.ClassDef() if not node.name.startswith("_"):
                yield FunctionText(name=node.name, signature="", text=ast.get_docstring(node) or "")
                yield from _described(node.body, f"{node.name}.")
            case _:
                continue


def _source(name: str) -> str:
    *folders, last = name.split(".")
    return files("mpctls.spec").joinpath(*folders, f"{last}.py").read_text(encoding="utf-8")


def _flat(text: str) -> str:
    """Paragraphs without the line breaks of the source."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
