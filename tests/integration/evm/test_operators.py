"""Proofs of operators of the language before a contract: it says yes to each, and not when a bit of it is another."""

from __future__ import annotations

import pytest

from mpctls.zkp.evm import Language, render
from mpctls.zkp.evm.calldata import encode_call
from tests.capabilities import requires
from tests.operators.cases import CASES
from tests.operators.proofs import Proved, proofs_of, shared_folder

pytestmark = [requires("vyper"), pytest.mark.slow, pytest.mark.timeout(300)]

CHOSEN = tuple(case for case in CASES if case.name in ("decimal ≥", "matches", "pseudonyms with a condition"))
CALLER = "0x" + "11" * 20
GAS = 5_000_000
YES = (1).to_bytes(32, "big")


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Proved, ...]:
    return proofs_of(CHOSEN, shared_folder(tmp_path_factory))


class Contract:
    """A contract of Vyper in a machine of its own."""

    def __init__(self, source: str) -> None:
        # Imported here: where they are absent, the tests above are skipped.
        import pyrevm
        import vyper

        compiled = vyper.compile_code(source, output_formats=["bytecode"])
        self._machine = pyrevm.EVM()
        self._refused: type[Exception] = RuntimeError
        code = bytes.fromhex(compiled["bytecode"].removeprefix("0x"))
        self._address = self._machine.deploy(CALLER, code)

    def accepts(self, data: bytes) -> bool:
        """Whether a call answers with true; any other answer than true, false or an abort is an error."""
        try:
            answer = bytes(self._machine.message_call(CALLER, self._address, calldata=data, gas=GAS))
        except self._refused:
            return False
        assert answer in (YES, bytes(32))
        return answer == YES


@pytest.mark.parametrize("number", range(3), ids=[case.name for case in CHOSEN])
def test_a_contract_accepts_the_proof_of_an_operator_and_none_with_another_bit(
    proofs: tuple[Proved, ...], number: int
) -> None:
    proved = proofs[number]
    contract = Contract(render(Language.VYPER, proved.key, name="Operator"))
    data = encode_call(proved.proof, proved.publics)
    assert contract.accepts(data)
    assert len(data) == 4 + 32 * (24 + len(proved.publics))
    for word in range(24 + len(proved.publics)):
        changed = bytearray(data)
        changed[4 + 32 * word + 31 - word % 31] ^= 1 << word % 8
        assert not contract.accepts(bytes(changed)), word
    assert contract.accepts(data)
