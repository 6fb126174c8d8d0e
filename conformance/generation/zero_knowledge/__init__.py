"""Vectors: zero knowledge."""
