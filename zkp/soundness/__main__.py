"""`python -m mpctls.zkp.soundness`: decide every statement, catch every twin, print a table."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from .arithmetic_statements import STATEMENTS as ARITHMETIC
from .hash_statements import STATEMENTS as HASHES
from .predicate_statements import STATEMENTS as PREDICATES
from .statements import Statement, Verdict, decide
from .text_statements import STATEMENTS as TEXTS

STATEMENTS: tuple[Statement, ...] = (*ARITHMETIC, *TEXTS, *HASHES, *PREDICATES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 if every statement is decided and every twin caught, else 1."""
    parser = argparse.ArgumentParser(prog="python -m mpctls.zkp.soundness", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object for each statement, a line each")
    parser.add_argument("--seconds", type=float, default=600.0, help="time for everything together (600)")
    parser.add_argument("names", nargs="*", help="only statements whose names begin so")
    options = parser.parse_args(arguments)
    chosen = [
        statement
        for statement in STATEMENTS
        if not options.names or statement.name.startswith(tuple(options.names))
    ]
    deadline = time.monotonic() + options.seconds
    verdicts = []
    for statement in chosen:
        verdict = decide(statement, deadline)
        verdicts.append(verdict)
        print(_json(verdict) if options.json else _text(verdict), flush=True)
    failed = [verdict for verdict in verdicts if not verdict.holds]
    if not options.json:
        twins = sum(verdict.twins for verdict in verdicts)
        print(
            f"{len(verdicts)} statements, {len(verdicts) - len(failed)} decided with every twin caught; {twins} twins"
        )
    return 1 if failed or not verdicts else 0


def _json(verdict: Verdict) -> str:
    return json.dumps({**asdict(verdict), "holds": verdict.holds}, ensure_ascii=False)


def _text(verdict: Verdict) -> str:
    caught = verdict.twins - len(verdict.survivors)
    lines = [
        f"{'holds ' if verdict.holds else 'FAILS '} {verdict.name}: {verdict.forces}",
        f"        decided by {'; '.join(verdict.decided_by)} | twins caught {caught} of {verdict.twins}"
        f" | {verdict.seconds:.1f} s",
    ]
    lines += [f"        problem: {problem}" for problem in verdict.problems]
    lines += [f"        not caught: {survivor}" for survivor in verdict.survivors]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
