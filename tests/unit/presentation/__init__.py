"""Presentations: building, binding, trust, verification."""
