"""Octet strings as inputs and outputs of circuits."""

from mpctls.reference.mpc.circuits.circuit import Circuit, run


def run_octets(circuit: Circuit, *inputs: bytes) -> tuple[bytes, ...]:
    """Evaluate a circuit in the clear whose input and output groups are all octet strings."""
    results = run(circuit, *(int.from_bytes(octets, "little") for octets in inputs))
    return tuple(
        result.to_bytes(size // 8, "little")
        for result, size in zip(results, circuit.output_sizes, strict=True)
    )
