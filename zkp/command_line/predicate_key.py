"""`predicate-key`: the verifying key of a predicate's circuit, as snarkjs and verifier contracts take it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import LexicalClass

from .files import require_file, require_writable, write_together
from .output import Invocation, plain, progress

if TYPE_CHECKING:
    from ..predicate.shapes import Shape

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_KINDS: Final = {kind.label: kind for kind in LexicalClass if kind is not LexicalClass.ANY}
_LENGTH: Final = re.compile("[1-9][0-9]{0,4}")
_LONGEST: Final = 65535


def _read_fields(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[int, LexicalClass], ...]:
    """Fields from `LENGTH:KIND`."""
    fields = []
    for value in values:
        length, _, kind = value.partition(":")
        if not _LENGTH.fullmatch(length) or int(length) > _LONGEST or kind not in _KINDS:
            kinds = ", ".join(_KINDS)
            raise click.BadParameter(f"{plain(value)!r} is not LENGTH:KIND with a KIND of {kinds}")
        fields.append((int(length), _KINDS[kind]))
    return tuple(fields)


@click.command("predicate-key")
@click.argument("predicate")
@click.argument("key", metavar="[KEY.json]", type=_FILE, default=Path("verification_key.json"))
@click.option("--setup", required=True, type=_FILE, help="The setup, a file of `mpctls setup`.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    required=True,
    metavar="LENGTH:KIND",
    callback=_read_fields,
    help=f"Octets and kind of each field's token, in the predicate's order; kinds: {', '.join(_KINDS)}.",
)
@click.option(
    "--accept-development", is_flag=True, help="Accept a setup whose secret everyone knows; for tests."
)
@click.pass_obj
def predicate_key(
    invocation: Invocation,
    /,
    predicate: str,
    key: Path,
    setup: Path,
    fields: tuple[tuple[int, LexicalClass], ...],
    accept_development: bool,
) -> None:
    """Write the verifying key of a predicate.

    A circuit is made for the exact lengths of its fields, so these are part of its key. For example, for a balance of
    seven octets:

    \b
      python -m mpctls.zkp predicate-key 'response $.balance: decimal(2) >= 1000' \\
          --field 7:json-number --setup my.setup
      python -m mpctls.zkp contract vyper verification_key.json --name Balance

    The public inputs of its proofs are: the statement as two numbers; C, k, Δ and L of each field; the outputs.
    """
    require_writable([key])
    require_file(setup)
    from ..plonk.keys import make_verifying_key
    from ..plonk.snarkjs import verifying_key_to_json
    from ..predicate.compile import compile_predicate
    from ..predicate.text_form import read_text
    from ..setup.files import read_setup

    read = read_text(predicate)
    shapes = _shapes(fields, len(read.fields))
    with progress(invocation) as line:
        line.say("reading the setup")
        powers = read_setup(setup, accept_development=accept_development)
        line.say("making the key")
        compiled = compile_predicate(read, shapes)
        made = make_verifying_key(compiled.table, powers)
    write_together([(key, verifying_key_to_json(made))])
    document = {
        "event": "exported",
        "system": "plonk",
        "key": str(key),
        "digest": made.digest().hex(),
        "setup": powers.digest.hex(),
        "rows": compiled.table.row_count,
        "public_count": made.public_count,
    }
    summary = f"exported: {plain(str(key))}, a key for plonk, {made.public_count} public inputs"
    invocation.write(document, f"{summary}\ndigest {document['digest']}")


def _shapes(fields: tuple[tuple[int, LexicalClass], ...], count: int) -> tuple[Shape, ...]:
    from ..predicate.shapes import Shape

    if len(fields) != count:
        raise Refused("command/field-count", f"{len(fields)} of --field for {count} fields of the predicate")
    return tuple(Shape(length=length, kind=kind) for length, kind in fields)
