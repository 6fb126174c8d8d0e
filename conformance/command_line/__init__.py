"""`mpctls-conformance`: holds an implementation against the specification, step by step."""

from __future__ import annotations

from importlib import import_module

import click

from .codes import ADAPTER_BROKE, CONFORMS, DOES_NOT_CONFORM, USAGE

COMMANDS = {
    "run": "run",
    "smoke": "run:smoke",
    "list": "listing:list_cases",
    "explain": "explaining",
    "replay": "replaying",
    "promote": "promoting",
    "compare": "comparing",
    "new-adapter": "skeletons",
    "schema": "schema",
    "properties": "properties",
    "vectors": "vectors",
    "mutants": "mutants",
    "coverage": "covering",
    "explore": "exploring",
    "plans": "plans",
}
"""Commands by name: the module of this package that holds each, and what it is called there unless `command`."""


class _Lazy(click.Group):
    """A group that imports a command when it is needed."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        found: click.Command = getattr(import_module(f"{__package__}.{module}"), attribute or "command")
        return found


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mpctls", prog_name="mpctls-conformance")
def main() -> None:
    """Hold an implementation of mpctls against its specification.

    An implementation is reached through an adapter (docs/conformance/README.md): a program (exec:COMMAND), a listening
    socket (tcp:HOST:PORT) or an object of Python (py:MODULE:OBJECT); without one, it is our reference.

    \b
    A first look:
      mpctls-conformance smoke                                   one vector of each operation, on the reference
      mpctls-conformance new-adapter python ./adapter            a small adapter to begin with
      mpctls-conformance run --implementation "exec:python3 ./adapter/adapter.py" foundation/merkle
      mpctls-conformance explain foundation/merkle/multiproofs/honest

    Exit codes: 0 conforms, 1 does not, 2 usage, 3 the implementation broke.
    """


__all__ = ["ADAPTER_BROKE", "COMMANDS", "CONFORMS", "DOES_NOT_CONFORM", "USAGE", "main"]
