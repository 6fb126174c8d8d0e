"""What must not stand in any file of the project, and what must."""

import re
import socket
import subprocess
import sys

import pytest

from .checkout import ROOMS, ROOT, project_files, text_files

# In pieces, so that this file does not contain what it looks for.
MACHINE_FOLDERS = ["/" + name for name in ("work/", "root/", "home/", "Users/")]
REGISTRY_HOSTS = [
    "py" + "pi.org",
    "files.python" + "hosted.org",
    "registry." + "npmjs.org",
    "crates" + ".io",
    "proxy.golang" + ".org",
    "deb.debian" + ".org",
]
CREDENTIALS_IN_ADDRESS = re.compile(r"[a-z]+://[^\s/@:\"'`<>]+:[^\s/@\"'`<>]+@")
PATH_OF_A_MACHINE = re.compile("|".join(rf"(?<![\w.~-]){re.escape(folder)}\w" for folder in MACHINE_FOLDERS))


def machine_traces(text: str) -> list[str]:
    """Paths of somebody's machine, package registries and credentials in a text."""
    found = [match.group() for match in PATH_OF_A_MACHINE.finditer(text)]
    found += [host for host in REGISTRY_HOSTS if host in text]
    return found + [match.group() for match in CREDENTIALS_IN_ADDRESS.finditer(text)]


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert {str(name): traces for name, text in text_files() if (traces := machine_traces(text))} == {}


def test_no_file_names_this_machine() -> None:
    own = socket.gethostname()
    distinctive = len(own) >= 8 and not own.startswith("localhost")
    assert not distinctive or [str(name) for name, text in text_files() if own in text] == []


@pytest.mark.parametrize(
    "text",
    [
        "open('" + MACHINE_FOLDERS[0] + "main/file')",
        "cd " + MACHINE_FOLDERS[2] + "someone",
        "--index-url https://" + REGISTRY_HOSTS[0] + "/simple",
        "https://user:" + "secret@example.com/simple",
    ],
)
def test_a_machine_trace_is_found(text: str) -> None:
    assert machine_traces(text)


@pytest.mark.parametrize("text", ["docs/work/plan.md", "https://example.com/home/page", "a: b@c", "~/home/x"])
def test_an_innocent_text_passes(text: str) -> None:
    assert machine_traces(text) == []


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_linked_below_the_distribution(room: str) -> None:
    link = ROOT / "src" / "mpctls" / room
    assert link.is_symlink()
    assert link.resolve() == ROOT / room


def test_licences_are_whole() -> None:
    assert "Permission is hereby granted, free of charge" in (ROOT / "LICENSE-MIT").read_text(
        encoding="utf-8"
    )
    apache = (ROOT / "LICENSE-APACHE").read_text(encoding="utf-8")
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in apache
    assert "END OF TERMS AND CONDITIONS" in apache


def test_every_folder_of_tests_is_a_package() -> None:
    tracked = set(project_files())
    folders = {name.parent for name in tracked if name.parts[0] == "tests" and name.suffix == ".py"}
    assert sorted(str(folder) for folder in folders if folder / "__init__.py" not in tracked) == []


def test_the_distribution_itself_imports_nothing() -> None:
    code = "import sys; before = set(sys.modules); import mpctls; print(sorted(set(sys.modules) - before))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "['mpctls']"
