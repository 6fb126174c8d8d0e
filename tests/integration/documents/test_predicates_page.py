"""Every example of the page that teaches predicates, run as it stands."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "predicates.md"


def run(text: str) -> doctest.TestResults:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    examples = parser.get_doctest(text, {}, "predicates.md", str(PAGE), 0)
    return runner.run(examples)


def test_every_example_gives_what_the_page_says() -> None:
    results = run(PAGE.read_text(encoding="utf-8"))
    assert results.attempted > 30 and results.failed == 0


@pytest.mark.parametrize("line", ["True", "(False, True)"])
def test_a_wrong_answer_on_the_page_is_found(line: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert run(text.replace(f"\n{line}\n", "\n0\n", 1)).failed == 1
