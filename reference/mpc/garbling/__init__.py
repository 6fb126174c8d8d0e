"""Garbled circuits: half-gates with free XOR."""
