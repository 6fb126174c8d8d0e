"""Setups of published ceremonies."""
