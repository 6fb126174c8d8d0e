"""Vectors: key exchange."""
