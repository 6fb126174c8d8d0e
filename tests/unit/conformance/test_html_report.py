"""The HTML report is one closed file: it holds every case, and nothing that an implementation says becomes markup."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mpctls.conformance.catalogue import steps
from mpctls.conformance.reports.html import render_html, write_html
from mpctls.conformance.specified import modules_of, read_module, reasons, step_text

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&<!--"
VOID = {"meta", "input", "br", "img", "link"}


class Document(HTMLParser):
    """Elements with their attributes, text of each, and the pages's JSON by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.data: dict[str, Any] = {}
        self.blocks: dict[str, list[str]] = {"style": [], "script": []}
        self.text = ""
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, attributes = self._open[-1] if self._open else ("", {})
        if tag == "script" and attributes.get("type") == "application/json":
            self.data[str(attributes["id"])] = json.loads(data)
        elif tag in self.blocks:
            self.blocks[tag].append(data)
        else:
            self.text += data

    def named(self, tag: str, kind: str = "") -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and kind in [*(attributes.get("class") or "").split(), ""]
        ]


def case(name: str, verdict: str = "passed", **changes: object) -> dict[str, object]:
    family = name.rpartition("/")[0]
    record: dict[str, object] = {
        "type": "case",
        "id": name,
        "operation": "foundation/root-from-proof",
        "stage": name.partition("/")[0],
        "step": family.rpartition("/")[0],
        "family": family,
        "importance": "high",
        "features": [],
        "comment": "A tree of two leaves.",
        "verdict": verdict,
        "expected": {"accept": {"root": "00" * 32}},
        "got": {"accept": {"root": "00" * 32}},
        "input": {"leaf_count": 2},
        "randomness": {},
        "intermediate": {"leaf_hash": "11" * 32},
        "base": None,
        "mutation": None,
        "seconds": 0.1,
        "message": "",
        "expected_failure": "",
        "first_difference": None,
        "stderr": "",
        "replay": f"mpctls-conformance replay {name}",
    }
    return {**record, **changes}


def run(
    *cases: Mapping[str, object],
    name: str = "merkle in shell",
    conforms: bool = True,
    address: str = "exec:./adapter",
) -> list[Mapping[str, object]]:
    hello = {"name": name, "version": "1.0", "language": "sh", "address": address}
    return [
        {"type": "run", "implementation": hello, "suite": {"version": "0.1.0", "vectors": 2, "index": "ab"}},
        *cases,
        {"type": "summary", "conforms": conforms, "seconds": 1.5, "faults": [], "notes": []},
    ]


def test_a_case_stands_once_with_the_results_of_every_implementation() -> None:
    honest, other = case("foundation/merkle/trees/two"), case("foundation/merkle/trees/two", "failed")
    other |= {"got": {"accept": {"root": "01" * 32}}, "message": "root differs from octet 0"}
    document = Document(render_html([run(honest), run(other, name="other", conforms=False)]))
    (stored,) = document.data["step-0"]["cases"]
    assert stored["results"][0]["same"] is True
    assert stored["results"][1]["got"] == {"accept": {"root": "01" * 32}}
    assert stored["intermediate"] == {"leaf_hash": "11" * 32}
    assert document.data["report"]["steps"][0]["cases"][0]["verdicts"] == ["passed", "failed"]
    labels = [cell["aria-label"] for cell in document.named("button", "cell")]
    assert labels == ["merkle, merkle in shell 1.0: 1 passed", "merkle, other 1.0: 1 failed"]
    assert [card["class"] for card in document.named("article")] == ["card good", "card bad"]


def test_another_version_of_a_vector_is_another_case() -> None:
    one = case("foundation/merkle/trees/two")
    changed = case("foundation/merkle/trees/two", input={"leaf_count": 3})
    document = Document(render_html([run(one), run(changed, name="other")]))
    assert [
        [result is not None for result in each["results"]] for each in document.data["step-0"]["cases"]
    ] == [
        [True, False],
        [False, True],
    ]


def test_a_run_without_an_end_did_not_finish() -> None:
    document = Document(render_html([run(case("foundation/merkle/trees/two"))[:-1]]))
    assert document.named("article", "bad")
    assert "did not finish" in document.text


def test_implementations_of_one_name_are_told_apart_by_address() -> None:
    runs = [run(case("foundation/merkle/trees/two"), address=address) for address in ("exec:a", "exec:b")]
    document = Document(render_html(runs))
    labels = ["merkle in shell 1.0 (exec:a)", "merkle in shell 1.0 (exec:b)"]
    assert document.data["report"]["implementations"] == labels


def test_rows_stand_in_the_order_of_a_session_and_unknown_steps_behind() -> None:
    names = ["later/unknown/a/b", "verification/verify_signature_validity/a/b", "foundation/ranges/a/b"]
    document = Document(render_html([run(*map(case, names))]))
    assert [each["id"] for each in document.data["report"]["steps"]] == [
        "foundation/ranges",
        "verification/verify_signature_validity",
        "later/unknown",
    ]
    assert document.data["step-2"]["text"] == ""
    assert "verification/untrusted-notary" in document.data["step-1"]["text"]


def test_nothing_that_is_said_becomes_markup() -> None:
    hostile = case("foundation/merkle/trees/two", "failed")
    told = dict.fromkeys(("comment", "message", "stderr", "replay", "operation", "importance"), ATTACK)
    hostile |= {**told, "id": f"foundation/merkle/trees/{ATTACK}", "got": {"accept": {ATTACK: ATTACK}}}
    harmless = Document(render_html([run(case("foundation/merkle/trees/two", "failed"))]))
    records = run(hostile, name=ATTACK, conforms=False)
    attacked = Document(render_html([[*records[:-1], {**records[-1], "notes": [ATTACK]}]]))
    # What is more is the list of remarks with its item.
    assert [tag for tag, _ in attacked.elements if tag not in ("ul", "li")] == [
        tag for tag, _ in harmless.elements if tag not in ("ul", "li")
    ]
    assert len(attacked.elements) == len(harmless.elements) + 2
    assert attacked.data["step-0"]["cases"][0]["results"][0]["message"] == ATTACK
    assert attacked.text.count(ATTACK) >= 3


@pytest.mark.parametrize("text", ["\ud800", "\x00", "{title}", "{script}"])
def test_any_text_can_be_written(tmp_path: Path, text: str) -> None:
    page = tmp_path / "new" / "report.html"
    write_html([run(case("foundation/merkle/trees/two", "failed", message=text), name=text)], page)
    document = Document(page.read_text(encoding="utf-8"))
    assert document.data["step-0"]["cases"][0]["results"][0]["message"] == text


def test_the_policy_admits_its_own_style_and_script_and_no_address() -> None:
    text = render_html([run(case("foundation/merkle/trees/two"))])
    document = Document(text)
    (policy,) = (
        each["content"]
        for each in document.named("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    )
    for kind in ("style", "script"):
        (block,) = document.blocks[kind]
        digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in str(policy)
    assert "default-src 'none'" in str(policy)
    assert [attributes for _, attributes in document.elements if "src" in attributes] == []
    assert {attributes["href"] for _, attributes in document.elements if "href" in attributes} == {"#steps"}
    assert not re.search(r"https?://|@import|url\(", text)


def test_a_reader_of_screens_finds_names_rows_and_a_way_past_the_head() -> None:
    document = Document(render_html([run(case("foundation/merkle/trees/two"))]))
    identifiers = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    assert document.named("a", "skip")[0]["href"] == "#steps"
    assert {each.get("scope") for each in document.named("th")} == {"col", "row", "rowgroup"}
    for tag, attributes in document.elements:
        for name in ("aria-labelledby", "aria-controls"):
            assert attributes.get(name) is None or attributes[name] in identifiers, tag


def test_many_cases_are_not_elements_until_they_are_opened() -> None:
    few = Document(render_html([run(case("foundation/merkle/trees/two"))]))
    many = render_html([run(*(case(f"foundation/merkle/trees/{at}") for at in range(500)))])
    assert len(Document(many).elements) == len(few.elements)


@pytest.mark.parametrize("step", [step.id for step in steps()])
def test_every_step_has_text_of_the_specification(step: str) -> None:
    assert modules_of(step)
    assert len(step_text(step)) > 100


def test_docstrings_are_read_with_the_reasons_in_the_order_of_checks() -> None:
    module = read_module("data_submission.generate_merkle_tree_root")
    (receive,) = (each for each in module.functions if each.name == "receive")
    assert "data-submission/root-mismatch" in receive.reasons
    assert set(receive.reasons) <= set(reasons())
    assert "data-submission/root-mismatch" in module.raises
