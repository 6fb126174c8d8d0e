"""Attestation generation stage: what the Notary states and signs, and the Prover checks."""
