"""Vectors: mpc tls."""
