"""The two proof systems behind one interface of files: what commands do with `.zkey`, `.wtns` and JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from mpctls.reference.foundation.errors import Refused

from ..circom_files import open_sections, read_witness
from ..snarkjs_json import protocol_of, publics_from_json, publics_to_json

if TYPE_CHECKING:
    from ..groth16.proof import VerifyingKey as GrothKey
    from ..plonk.proof import VerifyingKey as PlonkKey

Say: TypeAlias = Callable[[str], None]

_NUMBERS: Final = {1: "groth16", 2: "plonk"}
_KEY: Final = "zero-knowledge/malformed-key"


def prove(system: str, zkey: Path, witness: Path, say: Say) -> tuple[str, str]:
    """Prove, and return proof and public inputs as JSON; refuses as the readers and `prover.prove` of the system."""
    say("reading the witness")
    values = read_witness(witness)
    say("reading and checking the key")
    if system == "plonk":
        from ..plonk import prover, snarkjs
        from ..plonk import zkey as files

        key = files.read_zkey(zkey)
        rounds = prover.ROUNDS
        proof = prover.prove(key, values, progress=lambda done: say(f"proving, round {done} of {rounds}"))
        return snarkjs.proof_to_json(proof), publics_to_json(prover.public_values(key, values))
    from ..groth16 import prover as groth_prover
    from ..groth16 import snarkjs as groth_json
    from ..groth16 import zkey as groth_files

    groth_key = groth_files.read_zkey(zkey)
    steps = groth_prover.STEPS
    groth_proof = groth_prover.prove(
        groth_key, values, progress=lambda done: say(f"proving, step {done} of {steps}")
    )
    publics = groth_prover.public_values(groth_key, values)
    return groth_json.proof_to_json(groth_proof), publics_to_json(publics)


def verify(system: str, key: str, publics: str, proof: str, *, accept_development: bool) -> list[int]:
    """Verify JSON texts and return the public inputs; refuses as the readers and `verifier.verify` of the system."""
    numbers = publics_from_json(publics)
    if system == "plonk":
        from ..plonk import snarkjs, verifier

        verifier.verify(snarkjs.verifying_key_from_json(key), numbers, snarkjs.proof_from_json(proof))
        return numbers
    from ..groth16 import snarkjs as groth_json
    from ..groth16 import verifier as groth_verifier

    groth_verifier.verify(
        groth_json.verifying_key_from_json(key),
        numbers,
        groth_json.proof_from_json(proof),
        accept_development=accept_development,
    )
    return numbers


def exported_key(zkey: Path) -> tuple[str, str]:
    """The proof system of a `.zkey` file and its verifying key as JSON; refuses as its reader."""
    with open_sections(zkey, magic=b"zkey", version=1, reason=_KEY) as file:
        system = _NUMBERS.get(int.from_bytes(file.octets(1, expected=4), "little"))
    if system == "plonk":
        from ..plonk import snarkjs
        from ..plonk import zkey as files

        return system, snarkjs.verifying_key_to_json(files.read_zkey(zkey).verifying_key)
    if system == "groth16":
        from ..groth16 import snarkjs as groth_json
        from ..groth16 import zkey as groth_files

        return system, groth_json.verifying_key_to_json(groth_files.read_verifying_key(zkey))
    raise Refused(_KEY, "a key for neither plonk nor groth16")


def read_verifying_key(text: str) -> GrothKey | PlonkKey:
    """A verifying key of either system; refuses as its reader, `zero-knowledge/malformed-key` one of another."""
    system = protocol_of(text, _KEY)
    if system == "plonk":
        from ..plonk.snarkjs import verifying_key_from_json

        return verifying_key_from_json(text)
    if system == "groth16":
        from ..groth16 import snarkjs as groth_json

        return groth_json.verifying_key_from_json(text)
    raise Refused(_KEY, "a key for neither plonk nor groth16")
