"""Running the compiler of Solidity."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests import capabilities

SECONDS = 120
SETTINGS = {
    "optimizer": {"enabled": True, "runs": 200},
    "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
}


def compile_solidity(source: str) -> tuple[bytes, list[dict[str, Any]]]:
    """The code of the one contract in a source, and its interface; a warning is a failure too."""
    question = {
        "language": "Solidity",
        "sources": {"contract.sol": {"content": source}},
        "settings": SETTINGS,
    }
    command = [capabilities.program("node"), capabilities.program("solc"), "--standard-json"]
    finished = subprocess.run(
        command, input=json.dumps(question), capture_output=True, text=True, timeout=SECONDS, check=True
    )
    answer = json.loads(finished.stdout[finished.stdout.index("{") :])
    assert not answer.get("errors"), answer["errors"]
    (made,) = answer["contracts"]["contract.sol"].values()
    return bytes.fromhex(made["evm"]["bytecode"]["object"]), made["abi"]
