"""`tree.py [PORT]`: the adapter that `new-adapter python` writes, served as an object of plain functions."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from mpctls.conformance.operations.shapes import Json
from mpctls.conformance.protocol import Functions, Lacking, Refusal, serve

_SKELETON: dict[str, Any] = {"__name__": "skeleton"}
exec((files("mpctls.conformance") / "skeletons/python/adapter.py").read_text(encoding="utf-8"), _SKELETON)


def build_tree(algorithm: int, leaves: list[str], opened: list[int]) -> Mapping[str, Json]:
    """The operation foundation/build-tree."""
    print("said by the implementation")
    if algorithm != 1:
        raise Lacking({2: "blake3", 3: "keccak256"}[algorithm])
    if not leaves:
        raise Refusal("verification", "merkle-proof-invalid")
    built: Mapping[str, Json] = _SKELETON["build_tree"](algorithm, leaves, opened)
    return built


TREE = Functions(name="tree", operations={"foundation/build-tree": build_tree})

if __name__ == "__main__":
    serve(TREE, port=int(sys.argv[1]) if len(sys.argv) > 1 else None)
