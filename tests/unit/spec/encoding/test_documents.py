"""The page of formats, the tables of the specification and the docstrings of the steps say the same."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpctls.spec.contexts import Context
from mpctls.spec.diagram import attestation_steps
from mpctls.spec.reasons import Reason

PAGES = Path(__file__).parents[4] / "docs/protocol"
PAGE = "".join(
    (PAGES / f"{name}.md").read_text(encoding="utf-8") for name in ("formats", "structure", "predicates")
)
STAGES = sorted({reason.partition("/")[0] for reason in Reason})
CODE = re.compile(rf"\b(?:{'|'.join(STAGES)})/[a-z0-9-]+")
MODULES = ["binding", "disclosure", "files", "framing", "verifier_policy"] + [
    step.module for step in attestation_steps()
]

OF_A_PARTY_WITHOUT_THEM = {"verification/unsupported-commitment-kind", "verification/unsupported-predicate"}
"""What a Verifier says that has no encoding commitments or no predicates; the specification has both."""


def test_the_page_and_the_table_list_the_same_reasons() -> None:
    on_the_page = set(re.findall(rf"`({CODE.pattern})`", PAGE))
    assert on_the_page == {reason.value for reason in Reason}


def test_the_page_and_the_table_list_the_same_contexts() -> None:
    on_the_page = set(re.findall(r"`(mpctls/1/[a-z0-9/-]+)`", PAGE))
    on_the_page |= {f"mpctls/1/hash-commitment/{name}" for name in re.findall(r"`…/([a-z0-9]+)`", PAGE)}
    assert on_the_page == {context.value for context in Context}


def functions(module: str) -> Iterator[tuple[str, str, str]]:
    """Name, docstring and source of each function of a module."""
    imported = importlib.import_module(f"mpctls.spec.{module}")
    for name, function in inspect.getmembers(imported, inspect.isfunction):
        if function.__module__ == imported.__name__:
            yield name, inspect.getdoc(function) or "", inspect.getsource(function)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_gives_the_reasons_that_its_docstrings_list(module: str) -> None:
    raised, listed = set(), set()
    for name, documentation, source in functions(module):
        codes = set(CODE.findall(documentation))
        assert codes <= {reason.value for reason in Reason}, name
        listed |= codes
        body = source.partition('"""')[2].partition('"""')[2] if documentation else source
        raised |= {Reason[name] for name in re.findall(r"\bReason\.([A-Z0-9_]+)", body)}
    assert {reason.value for reason in raised} <= listed


def test_every_reason_of_the_upper_stages_is_listed_by_a_step() -> None:
    stages = ("tls-session/", "data-submission/", "attestation-generation/", "presentation-building/")
    listed = {code for module in MODULES for _, text, _ in functions(module) for code in CODE.findall(text)}
    expected = {reason.value for reason in Reason if reason.startswith((*stages, "verification/"))}
    assert expected - OF_A_PARTY_WITHOUT_THEM <= listed
