"""Vectors: verification."""
