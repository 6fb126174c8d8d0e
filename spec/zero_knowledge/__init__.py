"""Zero knowledge: commitments to the transcript as elements of a field, predicates about them, and proofs."""
