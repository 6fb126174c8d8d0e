"""Vectors: sessions."""
