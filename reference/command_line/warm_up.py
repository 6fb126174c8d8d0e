"""`mpctls warm-up`: compile kernels and build circuits before the first session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from .common import Invocation, shared_options
from .progress import prepare_visibly


def _render(document: Mapping[str, Any]) -> str:
    kernels = (
        f"{document['compiled']} kernels compiled, {document['loaded']} from the cache,"
        f" {document['portable']} portable"
    )
    return f"ready: {kernels}, {document['circuits']} circuits, {document['seconds']} s"


@click.command(
    "warm-up", help="Compile kernels and build circuits, so that the first session starts at once."
)
@shared_options
@click.pass_obj
def command(invocation: Invocation, /) -> None:
    prepared = prepare_visibly(invocation.output)
    document = {
        "event": "ready",
        "compiled": prepared.compiled,
        "loaded": prepared.loaded,
        "portable": prepared.portable,
        "circuits": prepared.circuits,
        "seconds": round(prepared.seconds, 3),
    }
    invocation.output.write(document, _render)
