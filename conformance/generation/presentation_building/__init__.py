"""Vectors: presentation building."""
