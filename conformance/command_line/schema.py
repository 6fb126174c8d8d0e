"""`schema`: the adapter protocol as JSON Schema."""

from __future__ import annotations

import json

import click

from ..protocol.schema import protocol_schema


@click.command("schema")
@click.option("--operation", help="Only what this operation takes and gives.")
def command(operation: str | None) -> None:
    """Print the JSON Schema (2020-12) of the adapter protocol; `vectors schema` prints that of files of vectors."""
    schema = protocol_schema()
    if operation is not None:
        definitions = schema["$defs"]
        known = definitions if isinstance(definitions, dict) else {}
        chosen = {name: each for name, each in known.items() if name.endswith(f":{operation}")}
        if not chosen:
            raise click.UsageError(
                f"no operation {operation!r}; `mpctls-conformance list --operations` names them"
            )
        schema = {"$schema": schema["$schema"], "$defs": chosen}
    click.echo(json.dumps(schema, indent=1))
