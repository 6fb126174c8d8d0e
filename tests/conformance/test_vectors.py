"""Every vector that is shipped, before the reference: in this process, and as a program."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from mpctls.conformance.adapters.reference import reference
from mpctls.conformance.adapters.reference_in_process import _handlers
from mpctls.conformance.running.cases import read_corpus, shipped
from mpctls.conformance.running.judging import Verdict
from mpctls.conformance.running.whole_run import Plan, Run
from mpctls.conformance.transports.address import REFERENCE, read_address

PROGRAM = f"exec:{sys.executable} -m mpctls.conformance.adapters.reference"


def differing(address: str, workers: int) -> tuple[dict[str, str], Counter[Verdict]]:
    """The vectors that do not pass, and all verdicts."""
    corpus = read_corpus(shipped())
    plan = Plan(corpus=corpus, cases=list(corpus.cases.values()), strict=True, workers=workers, seed=1)
    run = Run(plan, read_address(address).opener(workers=workers))
    results = list(run.results())
    assert len(results) == len(corpus.cases) and not run.summary().faults
    found = {each.case.id: each.message for each in results if each.verdict is not Verdict.PASSED}
    return found, Counter(each.verdict for each in results)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("address", "workers"), [(REFERENCE, 1), (PROGRAM, 2)], ids=["in-process", "program"]
)
def test_the_reference_passes_every_vector(address: str, workers: int) -> None:
    found, verdicts = differing(address, workers)
    assert found == {}
    assert verdicts[Verdict.PASSED] > 1000


def test_the_reference_runs_what_its_hello_names() -> None:
    stateful = {name for name in reference().hello().operations if name.startswith("sessions/")}
    assert set(reference().hello().operations) - stateful <= set(_handlers())
