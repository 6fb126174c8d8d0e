"""How often a process of the program looks for unreachable objects."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from mpctls.reference.command_line import YOUNG_OBJECTS

_PROGRAM = """
import gc, sys
from mpctls.reference.command_line import main
try:
    main()
except SystemExit:
    print(gc.get_threshold()[0], file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "threshold"),
    [
        (["--version"], YOUNG_OBJECTS),
        (["present", "--help"], YOUNG_OBJECTS),
        (["notary", "--help"], gc.get_threshold()[0]),
        (["verifier", "--help"], gc.get_threshold()[0]),
    ],
)
def test_short_commands_seldom_look_and_services_as_usual(arguments: list[str], threshold: int) -> None:
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    assert finished.stderr.split()[-1] == str(threshold)
