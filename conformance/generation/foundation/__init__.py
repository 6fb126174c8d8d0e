"""Vectors: foundation."""
