"""Runs a folder of vectors over the whole specification: `python -m mpctls.conformance.mutants.whole DIRECTORY`.

A process of its own, so that who measures it sees the specification being loaded too. Prints the ids of vectors that
have another outcome, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def differing(directory: Path) -> list[str]:
    """The ids of all vectors of a folder with another outcome than the specification gives."""
    from ..adapter import AdapterBrokeError
    from ..adapters.specification import Specification
    from ..running.cases import read_corpus
    from .corpus import cases_of

    adapter, wrong = Specification(), []
    for case in cases_of(read_corpus(directory).cases.values()):
        try:
            if case.first_difference(adapter) is not None:
                wrong.append(case.id)
        except AdapterBrokeError:
            wrong.append(case.id)
    return wrong


if __name__ == "__main__":
    sys.stdout.write(json.dumps(differing(Path(sys.argv[1]))))
