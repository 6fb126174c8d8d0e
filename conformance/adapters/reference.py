"""Our reference behind the adapter protocol: `python -m mpctls.conformance.adapters.reference`."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from ..operations.form import Feature
from ..operations.registry import forms
from ..protocol.messages import PROTOCOL, Hello
from ..protocol.serving import serve
from .by_form import ByForm
from .reference_in_process import ReferenceInProcess


def reference() -> ByForm:
    """The reference, which has every operation and every feature."""
    try:
        installed = version("mpctls")
    except PackageNotFoundError:
        installed = ""
    return ByForm(
        adapter=ReferenceInProcess(),
        greeting=Hello(
            protocol=PROTOCOL,
            name="mpctls reference",
            language="Python",
            version=installed,
            protocol_versions=(PROTOCOL,),
            roles=("prover", "notary", "verifier"),
            operations=tuple(forms()),
            features=tuple(feature.value for feature in Feature),
        ),
    )


if __name__ == "__main__":
    serve(reference())
