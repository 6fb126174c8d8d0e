"""Proofs, keys and files exchanged with snarkjs."""
