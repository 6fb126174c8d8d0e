"""The group of commands, loaded one at a time, and the one place where failures become exit codes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Final

import click

from ..foundation.errors import Refused
from .common import Invocation
from .failures import EXIT_CODES, ExitCode, exit_code, failure_line
from .output import complain

COMMANDS: Final = {
    "demo": "Watch a whole session on this machine, with real processes.",
    "keygen": "Make a key and the trust-store entry for it.",
    "notary": "Take part in sessions of Provers and sign attestations.",
    "prove": "Fetch a page together with a Notary, or with a Verifier in its place.",
    "redact": "Choose what a presentation shows, and see how it will look.",
    "present": "Make a presentation that shows parts of an attested session.",
    "verify": "Check a presentation and print what it shows.",
    "verifier": "Take the Notary's place in sessions and print what is disclosed.",
    "setup": "Make, import and examine setups for predicate proofs.",
    "tree": "Print the root by which a predicate names a large set.",
    "inspect": "Print what a stored file holds, without secrets.",
    "check": "Say whether a site works, and what a session would cost.",
    "warm-up": "Compile kernels and build circuits before the first session.",
}


class _Commands(click.Group):
    """Knows its commands by name and imports the module of a command only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{cmd_name.replace('-', '_')}", __package__)
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    name="mpctls",
    cls=_Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="mpctls", message="%(package)s %(version)s")
def program() -> None:
    """Prove what a TLS server said, and disclose only the parts you choose."""


def run(arguments: Sequence[str]) -> int:
    """Run the program; returns its exit code. Nothing but a bug under `--debug` prints a traceback."""
    try:
        return _run(arguments, Invocation())
    except BrokenPipeError:
        # Whoever read the output has gone: not worth a word, and closing standard output must not fail again.
        sys.stdout = None
        return ExitCode.REFUSED


def _run(arguments: Sequence[str], invocation: Invocation) -> int:
    try:
        program.main(list(arguments), prog_name="mpctls", standalone_mode=False, obj=invocation)
    except Refused as refused:
        document = {**invocation.refusal, "reason": refused.reason, "detail": refused.detail}
        invocation.output.write(document, lambda _: "")
        complain(failure_line(refused))
        return exit_code(refused)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        complain("command/interrupted: stopped before the end")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        complain(failure_line(Refused("command/system-error", str(error))))
        return ExitCode.REFUSED
    except Exception as error:
        # Whatever arrives here is a bug of this program, and its user should not have to read a traceback.
        if invocation.debug:
            raise
        complain(
            f"command/bug: {type(error).__name__}; please report the command and what it prints with --debug"
        )
        return ExitCode.BUG
    return ExitCode.FINE
