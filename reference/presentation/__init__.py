"""Disclosure, proofs, binding, and verification of presentations."""
