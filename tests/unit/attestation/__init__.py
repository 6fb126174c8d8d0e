"""Attestations: what may be committed, what is signed, and the Prover's check of it."""
