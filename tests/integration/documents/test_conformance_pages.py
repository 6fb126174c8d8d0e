"""The pages that bring a newcomer to the suite: every example is run, and prints what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "conformance"
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
TIME = re.compile(r"in [0-9.]+ s$", re.MULTILINE)


def blocks(page: str, language: str) -> list[str]:
    """The code of one language, without the indentation of its place."""
    found = []
    for match in BLOCK.finditer((PAGES / page).read_text(encoding="utf-8")):
        if match[1] == language:
            lines = match[2].splitlines()
            margin = min(len(line) - len(line.lstrip()) for line in lines if line)
            found.append("\n".join(line[margin:] for line in lines) + "\n")
    return found


def said(command: str, directory: Path) -> str:
    """What a command of a page prints, run where a newcomer would."""
    program, *arguments = shlex.split(command)
    assert program == "mpctls-conformance"
    # `python3` of the pages is the Python that runs the tests; nothing else is changed.
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    finished = subprocess.run(
        [sys.executable, "-m", "mpctls.conformance", *arguments],
        cwd=directory,
        env={**os.environ, "PATH": search, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert finished.returncode in (0, 1), finished.stderr
    return TIME.sub("in T s", finished.stdout)


def printed(block: str) -> tuple[str, str]:
    """The command of a block, and what the page says it prints."""
    first, _, rest = block.partition("\n")
    return first.removeprefix("$ "), TIME.sub("in T s", rest)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for white space at the ends of lines."""
    return [line.rstrip() for line in one.splitlines()] == [line.rstrip() for line in other.splitlines()]


def test_the_adapter_has_forty_lines_and_passes_and_fails_as_the_page_says(tmp_path: Path) -> None:
    [code] = blocks("an-adapter-in-40-lines.md", "python")
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 40
    passing, failing = map(printed, blocks("an-adapter-in-40-lines.md", "console"))
    adapter = tmp_path / "adapter.py"
    adapter.write_text(code)
    assert same(said(passing[0], tmp_path), passing[1])
    adapter.write_text(code.replace('b"\\x00" + ', ""))
    assert same(said(failing[0], tmp_path), failing[1])


@pytest.mark.slow
def test_the_ten_minutes_of_the_first_page_go_as_it_says(tmp_path: Path) -> None:
    look, begin, fail, ask = blocks("README.md", "console")
    for command in (line.removeprefix("$ ") for line in look.splitlines()):
        assert "merkle" in said(command, tmp_path)
    made, run, *rest = begin.splitlines()
    said(made.removeprefix("$ "), tmp_path)
    command, expected = printed("\n".join([run, *rest]))
    assert same(said(command, tmp_path), expected)
    adapter = tmp_path / "adapter" / "adapter.py"
    broken = adapter.read_text().replace('b"\\0" + ', "")
    assert broken != adapter.read_text()
    adapter.write_text(broken)
    command, expected = printed(fail)
    assert same(said(command, tmp_path), expected)
    for command in (line.removeprefix("$ ") for line in ask.splitlines()):
        assert "foundation/merkle/trees/sha256-1" in said(command, tmp_path)


def test_every_command_stands_on_the_first_page() -> None:
    from mpctls.conformance.command_line import COMMANDS

    text = (PAGES / "README.md").read_text(encoding="utf-8")
    table = text.partition("## Commands")[2].partition("## Reports")[0]
    assert [name for name in COMMANDS if f"`{name}" not in table] == []


def test_the_action_gives_options_that_there_are() -> None:
    from mpctls.conformance.command_line.run import command

    text = (ROOT / "conformance" / "action" / "action.yml").read_text(encoding="utf-8")
    script = text.partition("run: |\n        mkdir")[2]
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    used = set(re.findall(r"(?<![\w-])--[a-z-]+(?![\w-])", script))
    assert used and used <= known
    inputs = text.partition("inputs:")[2].partition("outputs:")[0]
    declared = set(re.findall(r"^  ([a-z-]+):$", inputs, re.MULTILINE))
    assert declared == set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", text))
