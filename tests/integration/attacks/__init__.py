"""Attacks on whole roles, that no single module can show to fail."""
