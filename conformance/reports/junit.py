"""A run as JUnit XML, which most services for continuous integration read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from ..running.judging import Verdict

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2)."""
_ELEMENTS = {
    Verdict.FAILED: "failure",
    Verdict.UNEXPECTED_PASS: "failure",
    Verdict.BROKE: "error",
    Verdict.HANG: "error",
    Verdict.UNSUPPORTED: "skipped",
    Verdict.EXPECTED_FAILURE: "skipped",
}


def write_junit(records: Iterable[Mapping[str, object]], path: Path) -> None:
    """Write the cases of a run: a suite for each step, a test case for each vector."""
    steps: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for record in records:
        if record["type"] == "case":
            steps[str(record["step"])].append(record)
    every = [case for cases in steps.values() for case in cases]
    root = ElementTree.Element("testsuites", {"name": "mpctls-conformance", **_counts(every)})
    for step, cases in steps.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": step, **_counts(cases)})
        for case in cases:
            _case(suite, case)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(suite: ElementTree.Element, record: Mapping[str, object]) -> None:
    name = str(record["id"])
    element = ElementTree.SubElement(
        suite,
        "testcase",
        classname=str(record["family"]).replace("/", "."),
        name=name,
        time=str(record["seconds"]),
    )
    kind = _ELEMENTS.get(Verdict(str(record["verdict"])))
    if kind is None:
        return
    message = str(record["expected_failure"] or record["message"])
    found = ElementTree.SubElement(element, kind, message=_clean(message[:1000]), type=str(record["verdict"]))
    told = [str(record["comment"]), str(record["message"]), str(record["replay"]), str(record["stderr"])]
    found.text = _clean("\n".join(line for line in told if line))


def _counts(cases: Iterable[Mapping[str, object]]) -> dict[str, str]:
    verdicts = [_ELEMENTS.get(Verdict(str(case["verdict"]))) for case in cases]
    return {
        "tests": str(len(verdicts)),
        "failures": str(verdicts.count("failure")),
        "errors": str(verdicts.count("error")),
        "skipped": str(verdicts.count("skipped")),
    }


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
