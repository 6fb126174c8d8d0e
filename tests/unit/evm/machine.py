"""Contracts in a virtual machine: compiled, deployed and asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Verdict: TypeAlias = bool | None
"""What a contract returns, or None when the call reverts."""

_ACCOUNT: Final = "0x" + "11" * 20
_FUNDS: Final = 10**20
_GAS: Final = 3_000_000
_TRUE: Final = (1).to_bytes(32, "big")
_FALSE: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One call: its verdict, and the gas of a whole transaction with it."""

    verdict: Verdict
    gas: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contract:
    """A contract that is deployed in a machine of its own."""

    machine: Any
    address: str
    size: int

    def call(self, data: bytes, *, gas: int = _GAS) -> bytes | None:
        """What it returns, or None when the call reverts or runs out of gas."""
        try:
            return bytes(self.machine.message_call(_ACCOUNT, self.address, calldata=data, gas=gas))
        except RuntimeError as error:
            assert str(error).startswith(("Revert", "Halt")), error
            return None

    def ask(self, data: bytes, *, gas: int = _GAS) -> Answered:
        """Ask about a proof."""
        answer = self.call(data, gas=gas)
        assert answer in (None, _TRUE, _FALSE)
        verdict = None if answer is None else answer == _TRUE
        return Answered(verdict=verdict, gas=self.machine.result.gas_used)

    def verdicts(self, calls: Mapping[str, bytes]) -> dict[str, Verdict]:
        """The verdict on each of these calls."""
        return {name: self.ask(data).verdict for name, data in calls.items()}


def deploy(code: bytes) -> Contract:
    """Deploy a contract's code."""
    import pyrevm

    machine = pyrevm.EVM()
    machine.set_balance(_ACCOUNT, _FUNDS)
    address = machine.deploy(_ACCOUNT, code)
    return Contract(machine=machine, address=address, size=len(machine.get_code(address) or b""))


def compile_vyper(source: str) -> tuple[bytes, list[dict[str, Any]]]:
    """The code of a contract in Vyper, and its interface."""
    import vyper

    made = vyper.compile_code(source, output_formats=["bytecode", "abi"])
    return bytes.fromhex(made["bytecode"].removeprefix("0x")), made["abi"]
