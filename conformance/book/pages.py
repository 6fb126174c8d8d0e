"""The pages of the book: a page for every step, the index of reasons, and the documents as they stand."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath

from mpctls.spec.diagram import (
    ATTESTATION_DIAGRAM,
    FLOWCHARTS,
    KEY_EXCHANGE_DIAGRAM,
    Arrow,
    Role,
    SequenceElement,
    attestation_steps,
    key_exchange_steps,
    read_flowchart,
    read_sequence_diagram,
)
from mpctls.spec.diagram import Step as BoundStep
from mpctls.spec.mpc_tls.views import VIEWS, ViewStep

from ..catalogue import Step, steps
from ..operations.form import Field, Form
from ..operations.registry import forms
from ..specified import FunctionText, ModuleText, modules_of, read_module, reasons
from .drawing import flowchart, sequence
from .implemented import implemented

_LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^(?: {0,3})(```+|~~~+)[^\n]*\n.*?^ {0,3}\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)[^\n]+?\1")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|#")
_LARGEST_FILE = 200_000
_STAGE_VIEWS = {
    "tls_session": (ViewStep.PARAMETERS,),
    "key_exchange": (ViewStep.PARAMETERS,),
    "key_exchange/secure_two_party_computation": (ViewStep.PRE_MASTER_SECRET,),
    "mpc_tls/key_schedule": (ViewStep.KEY_SCHEDULE,),
    "mpc_tls/finished": (ViewStep.KEY_SCHEDULE,),
    "mpc_tls/records": (ViewStep.SENT_RECORD, ViewStep.RECEIVED_RECORD),
    "mpc_tls/record_state_machine": (ViewStep.SENT_RECORD, ViewStep.RECEIVED_RECORD),
    "mpc_tls/close": (ViewStep.CLOSE,),
    "mpc_tls/finalisation": (ViewStep.PROOF,),
    "data_submission": (ViewStep.SUBMISSION,),
}
"""Rows of the table of views that a step, or else its stage, belongs to."""


class BookError(Exception):
    """A document links to something that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What is written from where to where."""

    root: Path
    target: Path

    def write(self) -> None:
        """Write every page. `target` is made anew. Raises BookError."""
        shutil.rmtree(self.target, ignore_errors=True)
        shutil.copytree(self.root / "docs" / "site", self.target)
        (self.target / "_extra").mkdir()
        vectors = self.root / "conformance" / "vectors"
        shutil.copytree(vectors, self.target / "_extra" / "vectors", ignore=shutil.ignore_patterns("*.md"))
        documents = self._documents()
        for name in documents:
            self._page(name, self._relinked(name, (self.root / name).read_text(encoding="utf-8")))
        every = list(steps())
        for step in every:
            self._page(f"steps/{step.id}.md", self._step(step))
        for stage, members in groupby(every, key=lambda step: step.stage):
            self._page(f"steps/{stage}/index.md", _stage(stage, list(members)))
        self._page("reasons.md", self._reasons())
        self._page("index.md", _index(documents))

    def _documents(self) -> list[str]:
        found = sorted(path.relative_to(self.root).as_posix() for path in (self.root / "docs").rglob("*.md"))
        return ["README.md", *found, "CONTRIBUTING.md", "SECURITY.md"]

    def _page(self, name: str, text: str) -> None:
        path = self.target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _relinked(self, name: str, text: str) -> str:
        """A document whose links to files beyond the pages lead to copies of these."""
        kept = [match.span() for pattern in (_FENCE, _CODE) for match in pattern.finditer(text)]

        def replaced(match: re.Match[str]) -> str:
            target = match["target"]
            if _ABSOLUTE.match(target) or any(start <= match.start() < end for start, end in kept):
                return match[0]
            path = target.partition("#")[0]
            wanted = PurePosixPath(os.path.normpath(PurePosixPath(name).parent / path))
            if wanted.suffix == ".md" and str(wanted) in self._documents():
                return match[0]
            return f"[{match['text']}]({_relative(name, self._file(str(wanted)))})"

        return _LINK.sub(replaced, text)

    def _file(self, name: str) -> str:
        """The page that shows a file, or what a folder holds; written when it is first asked for."""
        source = self.root / name
        page = f"files/{name}/index.md" if source.is_dir() else f"files/{name}.md"
        if (self.target / page).exists():
            return page
        if source.is_dir():
            entries = sorted(
                each.name + ("/" if each.is_dir() else "")
                for each in source.iterdir()
                if not each.name.startswith((".", "__pycache__", "node_modules"))
            )
            content = "\n".join(f"- `{each}`" for each in entries)
        elif source.is_file():
            text = source.read_bytes()[:_LARGEST_FILE].decode("utf-8", "replace")
            language = {".py": "python", ".toml": "toml", ".json": "text"}.get(source.suffix, "text")
            content = f"~~~~~~~~~~{language}\n{text.rstrip()}\n~~~~~~~~~~"
        else:
            raise BookError(f"{name}: not there")
        self._page(page, f"---\norphan: true\n---\n# `{name}`\n\n{content}\n")
        return page

    def _step(self, step: Step) -> str:
        page = f"steps/{step.id}.md"
        modules = [read_module(name) for name in modules_of(step.id)]
        lines = [f"# {step.title[0].upper()}{step.title[1:]}", "", step.summary, ""]
        bound = _bound().get(step.id)
        if bound is not None:
            lines += [f"**{bound.sender.value} → {bound.receiver.value}**", "", _figure(page, step), ""]
        for module in modules:
            lines += [f"## `{module.path}`", "", module.text, ""]
            for function in module.functions:
                lines += _function(page, function)
        lines += ["## Inputs and outputs", ""]
        held = [form for form in forms().values() if form.step == step.id]
        for form in held:
            lines += _form(form)
        if not held:
            lines += ["No operation of the suite runs this step by itself.", ""]
        lines += ["## What each party learns", "", *_learned(step, bound), ""]
        lines += ["## Vectors", "", *self._vectors(page, step), ""]
        lines += ["## Both implementations", ""]
        lines += [f"- specification: {self._shown(page, module.path)}" for module in modules]
        lines += [f"- reference: {self._shown(page, name)}" for name in implemented(step.id)]
        return "\n".join(lines) + "\n"

    def _shown(self, page: str, name: str) -> str:
        return f"[`{name}`]({_relative(page, self._file(name))})"

    def _vectors(self, page: str, step: Step) -> list[str]:
        rows = []
        for path in sorted((self.root / "conformance" / "vectors" / step.id).glob("*.json")):
            document = json.loads(path.read_text(encoding="utf-8"))
            address = _relative(page, f"vectors/{step.id}/{path.name}")
            summary = _cell(document["summary"])
            rows.append(
                f'| <a href="{address}">{document["family"]}</a> | {len(document["vectors"])} | {summary} |'
            )
        if not rows:
            return ["Sessions and the families of other steps reach this one; it has no file of its own."]
        return ["| family | vectors | |", "|---|---:|---|", *rows]

    def _reasons(self) -> str:
        modules = list(spec_modules(self.root))
        named: dict[str, list[Step]] = {}
        for step in steps():
            for code in {
                code
                for name in modules_of(step.id)
                for function in read_module(name).functions
                for code in function.reasons
            }:
                named.setdefault(code, []).append(step)
        lines = [
            "# Reason codes",
            "",
            "Why a party refuses: every code, what it means, and where it is raised.",
            "",
        ]
        for stage, entries in groupby(reasons().values(), key=lambda each: each.code.partition("/")[0]):
            lines += [f"## {stage}", ""]
            for each in entries:
                raised = [
                    self._shown("reasons.md", module.path) for module in modules if each.code in module.raises
                ]
                told = [f"[{step.title}](steps/{step.id}.md)" for step in named.get(each.code, [])]
                lines += [f"### {each.code}", "", each.meaning, ""]
                lines += [f"- named by {', '.join(told)}"] if told else []
                lines += [f"- raised in {', '.join(raised)}"] if raised else []
                lines.append("")
        return "\n".join(lines)


def spec_modules(root: Path) -> Iterator[ModuleText]:
    """Every module of the specification but the registry of reasons itself."""
    folder = root / "spec"
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        if path.name not in ("__init__.py", "__main__.py") and name != "reasons":
            yield read_module(name)


def _index(documents: list[str]) -> str:
    stages = list(dict.fromkeys(step.stage for step in steps()))
    charts = [flowchart(read_flowchart(name), name.replace("_", " ")) for name in FLOWCHARTS]
    figures = [f'<div class="scrolled">{each}</div>' for each in charts]
    both = [
        f'<div class="scrolled">{_diagram("index.md", name, None)}</div>'
        for name in (KEY_EXCHANGE_DIAGRAM, ATTESTATION_DIAGRAM)
    ]
    grouped = {
        "Documents": [name for name in documents if name.count("/") < 2],
        "Formats": [name for name in documents if name.startswith("docs/protocol/")],
        "Conformance": [name for name in documents if name.startswith("docs/conformance/")],
        "Engine": [name for name in documents if name.startswith("docs/engine/")],
    }
    named = {name for names in grouped.values() for name in names}
    beyond = [name for name in documents if name not in named]
    grouped["Decisions"] = [
        "docs/decisions/README.md",
        *(name for name in beyond if name != "docs/decisions/README.md"),
    ]
    trees = [_tree("The protocol", [*(f"steps/{stage}/index" for stage in stages), "reasons"])]
    trees += [
        _tree(caption, [name.removesuffix(".md") for name in names]) for caption, names in grouped.items()
    ]
    said = (
        "Prover and Notary run a TLS connection together; what the Server said can then be shown, in parts, "
        "to a Verifier."
    )
    hint = "Each arrow leads to the page of its step: what it takes and checks, why it refuses, and who learns what."
    title = ["# The protocol as a book", "", said, "", "## The parties", ""]
    return "\n".join([*title, *figures, "", "## The steps", "", hint, "", *both, "", *trees])


def _tree(caption: str, names: list[str]) -> str:
    return "\n".join(
        ["```{toctree}", f":caption: {caption}", ":maxdepth: 1", ":hidden:", "", *names, "```", ""]
    )


def _stage(stage: str, members: list[Step]) -> str:
    title = stage.replace("_", " ")
    lines = [f"# {title[0].upper()}{title[1:]}", ""]
    lines += [f"- [{step.title}]({step.name}.md): {step.summary}" for step in members]
    return "\n".join(
        [*lines, "", "```{toctree}", ":hidden:", "", *(step.name for step in members), "```", ""]
    )


def _bound() -> dict[str, BoundStep]:
    return {each.module.replace(".", "/"): each for each in (*attestation_steps(), *key_exchange_steps())}


def _figure(page: str, step: Step) -> str:
    diagram = KEY_EXCHANGE_DIAGRAM if step.stage == "key_exchange" else ATTESTATION_DIAGRAM
    return f'<div class="scrolled">{_diagram(page, diagram, step)}</div>'


def _diagram(page: str, name: str, chosen: Step | None) -> str:
    elements = read_sequence_diagram(name)
    bound = iter(attestation_steps() if name == ATTESTATION_DIAGRAM else key_exchange_steps())
    addresses: dict[int, str] = {}
    for element in elements:
        if isinstance(element, Arrow) or element.text == "Secure 2PC":
            path = next(bound).module.replace(".", "/")
            addresses[id(element)] = _relative(page, f"steps/{path}.html")

    def linked(element: SequenceElement) -> str | None:
        return addresses.get(id(element))

    marked = None if chosen is None else _relative(page, f"steps/{chosen.id}.html")
    return sequence(elements, linked, name.replace("_", " "), marked)


def _function(page: str, function: FunctionText) -> list[str]:
    if not function.text:
        return []
    lines = [f"### `{function.name}`", ""]
    if function.signature:
        lines += ["```python", function.signature, "```", ""]
    lines += [function.text, ""]
    if function.reasons:
        lines += ["It refuses, in this order:", ""]
        lines += [f"1. {_reason(page, code)}: {reasons()[code].meaning}" for code in function.reasons]
        lines.append("")
    return lines


def _reason(page: str, code: str) -> str:
    return f"[`{code}`]({_relative(page, 'reasons.md')}#{code.replace('/', '')})"


def _form(form: Form) -> list[str]:
    lines = [
        f"### `{form.name}`",
        "",
        f"{form.summary} Run by: {form.role.value}. Source: {form.source}.",
        "",
    ]
    for title, held in (("takes", form.takes), ("gives", form.gives)):
        if held:
            lines += [f"| {title} | |", "|---|---|", *(_field(name, each) for name, each in held.items()), ""]
    return lines


def _field(name: str, each: Field) -> str:
    drawn = " (randomness)" if each.drawn else ""
    return f"| `{name.replace(' ', '_')}`{drawn} | {_cell(each.meaning)} |"


def _learned(step: Step, bound: BoundStep | None) -> list[str]:
    rows = _STAGE_VIEWS.get(step.id) or _STAGE_VIEWS.get(step.stage, ())
    if rows:
        lines = ["| part of the session | Prover | Notary |", "|---|---|---|"]
        for row in rows:
            items = [", ".join(sorted(VIEWS[row][role])) or "nothing" for role in (Role.PROVER, Role.NOTARY)]
            lines.append(f"| {row} | {items[0]} | {items[1]} |")
        return [*lines, "", "Own inputs, and what follows from this, are not listed."]
    if bound is None:
        return ["Nothing: it is a computation on what its caller holds."]
    if bound.sender is bound.receiver:
        return [f"Nothing new: the {bound.sender.value} computes on what it holds, and tells nobody."]
    return [f"The {bound.receiver.value} learns the message, and whatever it says in the clear."]


def _relative(page: str, target: str) -> str:
    return os.path.relpath(target, os.path.dirname(page) or ".")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
