"""Predicates over redacted committed fields: circuits, PLONK and Groth16 over BN254."""
