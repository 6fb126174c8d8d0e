"""Vectors: data submission."""
