"""Hash bridges: lengths, bare commitments, the circuit and its forgeries, proofs."""
