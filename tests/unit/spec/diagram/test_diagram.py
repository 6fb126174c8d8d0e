"""The diagrams and the folder tree are one thing: every arrow has its module, every module its arrow."""

from __future__ import annotations

import importlib
import inspect
import re
import runpy
from collections import defaultdict
from dataclasses import is_dataclass
from importlib.resources import files
from pathlib import Path

import pytest

import mpctls.spec
from mpctls.spec import diagram
from mpctls.spec.diagram import (
    Arrow,
    DiagramError,
    Edge,
    Note,
    Role,
    Step,
    attestation_steps,
    describe,
    key_exchange_steps,
    read_flowchart,
    read_sequence_diagram,
)

P, N, V, S = Role.PROVER, Role.NOTARY, Role.VERIFIER, Role.SERVER
ROOM = Path(str(files(mpctls.spec)))
STEPS = [*key_exchange_steps(), *attestation_steps()]


def _identifier(step: Step) -> str:
    return step.module


def test_the_attestation_diagram_has_its_seventeen_arrows_in_order_with_their_roles() -> None:
    pairs = [(P, N), (P, N), (N, P), (P, N), (P, N), (N, P), (N, N), (N, N), (N, N), (N, P)]
    pairs += [(P, P), (P, P), (P, P), (P, V), (V, V), (V, V), (V, V)]
    assert [(step.sender, step.receiver) for step in attestation_steps()] == pairs


def test_the_key_exchange_diagram_has_four_arrows_and_the_computation_with_the_notary_as_partner() -> None:
    pairs = [(N, P), (P, S), (S, P), (P, N), (N, P)]
    assert [(step.sender, step.receiver) for step in key_exchange_steps()] == pairs
    assert [step.text for step in key_exchange_steps()] == [
        "Verifier Public Key",
        "Verifier Public Key + Prover Public Key",
        "Server Public Key",
        "Server Public Key",
        "Secure 2PC",
    ]


def test_arrows_and_modules_are_one_to_one() -> None:
    modules = [step.module for step in STEPS]
    assert len(set(modules)) == len(modules) == 17 + 5


def _words(text: str) -> list[str]:
    """The words of an arrow or a module's name without "and" and "or"; `PartialTranscript` is two words."""
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", " ", text)
    return [word for word in separated.lower().split() if word not in {"and", "or"}]


@pytest.mark.parametrize("step", attestation_steps(), ids=_identifier)
def test_a_module_is_named_with_the_words_of_its_arrow_below_the_folder_of_its_stage(step: Step) -> None:
    (stage,) = {
        element.stage
        for element in read_sequence_diagram(diagram.ATTESTATION_DIAGRAM)
        if isinstance(element, Arrow) and element.text == step.text
    }
    folder, name = step.module.split(".")
    assert folder == stage
    words = _words(name)
    assert words == _words(step.text)[: len(words)]


@pytest.mark.parametrize("step", STEPS, ids=_identifier)
def test_every_step_has_a_module_with_the_face_of_its_arrow(step: Step) -> None:
    module = importlib.import_module(f"mpctls.spec.{step.module}")
    if not step.is_between_roles:
        assert next(iter(inspect.signature(module.perform).parameters)) == "state"
        assert not hasattr(module, "send")
        return
    assert list(inspect.signature(module.send).parameters)[:1] == ["state"]
    assert list(inspect.signature(module.receive).parameters)[:2] == ["state", "message"]
    message = inspect.get_annotations(module.receive, eval_str=True)["message"]
    assert is_dataclass(message)


def test_folders_of_stages_hold_the_modules_of_their_arrows_and_nothing_else() -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for step in STEPS:
        folder, name = step.module.split(".")
        expected[folder].add(name)
    for folder, names in expected.items():
        found = {path.stem for path in (ROOM / folder).glob("*.py")} - {"__init__"}
        assert found == names, folder


def test_the_flowcharts_name_their_parties() -> None:
    assert read_flowchart("mpc_tls_with_verifier") == [
        Edge(source=S, target=P, both_ways=True, label="TLS"),
        Edge(source=P, target=V, both_ways=True, label="MPC-TLS"),
        Edge(source=P, target=V, both_ways=False, label="Selective Disclosure"),
    ]
    assert read_flowchart("mpc_tls_with_notary") == [
        Edge(source=S, target=P, both_ways=True, label="TLS"),
        Edge(source=P, target=N, both_ways=True, label=""),
        Edge(source=N, target=P, both_ways=False, label="Notarize"),
        Edge(source=P, target=V, both_ways=False, label="Selective Disclosure (redacted signed data)"),
    ]


def test_the_three_lanes_of_the_key_exchange_end_with_the_secret() -> None:
    notes = [element for element in read_sequence_diagram("key_exchange") if isinstance(element, Note)]
    assert notes == [
        Note(over=(V, P), text="Secure 2PC"),
        Note(over=(V,), text="PMS Key"),
        Note(over=(P,), text="PMS Key"),
        Note(over=(S,), text="PMS Key"),
    ]


def test_the_description_names_the_path_of_every_arrow() -> None:
    text = describe()
    for step in STEPS:
        assert f"spec/{step.module.replace('.', '/')}.py" in text


def test_a_line_that_is_not_understood_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "_lines", lambda *_: ["Prover-->>Notary: dashed"])
    with pytest.raises(DiagramError, match="dashed"):
        read_sequence_diagram("anything")
    with pytest.raises(DiagramError, match="dashed"):
        read_flowchart("anything")


def test_the_program_prints_the_description(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("mpctls.spec", run_name="__main__")
    assert capsys.readouterr().out == describe() + "\n"


def test_a_page_without_a_diagram_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "diagrams").mkdir()
    (tmp_path / "diagrams" / "empty.md").write_text("# A title\n")
    monkeypatch.setattr(diagram, "files", lambda _: tmp_path)
    with pytest.raises(DiagramError, match="no Mermaid block"):
        read_flowchart("empty")


def test_a_diagram_of_another_kind_is_refused() -> None:
    with pytest.raises(DiagramError, match="flowchart"):
        read_flowchart("key_exchange")


def test_an_arrow_without_a_module_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "_ATTESTATION_STEPS", diagram._ATTESTATION_STEPS[:-1])
    with pytest.raises(DiagramError, match="17 elements, 16 modules"):
        attestation_steps()
