"""Explicit-state exploration of two sessions and an attacker who mixes them, by the specification's own steps."""
