"""The page of all operations, `docs/conformance/operations.md`, from their forms.

Written by `python -m mpctls.conformance.operations.page > docs/conformance/operations.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from .form import Feature, Field, Form, json_name
from .registry import forms

_INTRODUCTION = """\
# Operations

What an adapter can be asked to do: {count} operations, each with what it takes, what is random in it, and what it
gives when it accepts. How they are carried stands in [adapter-protocol.md](adapter-protocol.md); formats.md,
structure.md and predicates.md are the pages of `docs/protocol/`. This page is written from the suite
(`python -m mpctls.conformance.operations.page`); a JSON Schema of a vector of each operation stands in
`conformance/vectors/schema/operations/`.

*Role* is who runs an operation. *Needs* are features: an implementation that lacks one says so in `hello`, and answers
`unsupported`. A vector may need more than its operation, for instance a hash function; it says so itself.

Features: {features}.
"""


def page() -> str:
    """The whole page."""
    known = forms()
    features = ", ".join(f"`{feature.value}`" for feature in Feature)
    parts = [_INTRODUCTION.format(count=len(known), features=features)]
    stage = ""
    for form in known.values():
        if (own := form.step.partition("/")[0]) != stage:
            stage = own
            parts.append(f"\n## {stage.replace('_', ' ').capitalize()}\n")
        parts.append(_operation(form))
    return "".join(parts)


def _operation(form: Form) -> str:
    lines = [
        f"\n### {form.name}\n",
        f"\n{form.summary}\n",
        f"\nRole: {form.role.value}. Source: {form.source}.\n",
    ]
    if form.features:
        lines.append(f"Needs: {', '.join(f'`{feature.value}`' for feature in form.features)}.\n")
    lines.append("\n| | field | shape | meaning |\n|---|---|---|---|\n")
    lines.extend(_rows("in", {name: each for name, each in form.takes.items() if not each.drawn}))
    lines.extend(_rows("random", {name: each for name, each in form.takes.items() if each.drawn}))
    lines.extend(_rows("out", form.gives))
    return "".join(lines)


def _rows(way: str, known: Mapping[str, Field]) -> Iterator[str]:
    for name, each in known.items():
        meaning = each.meaning.replace("|", "\\|").replace("\n", " ")
        yield f"| {way} | `{json_name(name)}` | {each.shape.words()} | {meaning} |\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
