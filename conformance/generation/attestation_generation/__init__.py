"""Vectors: attestation generation."""
