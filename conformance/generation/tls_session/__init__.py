"""Vectors: tls session."""
