"""Whole programs as operating-system processes."""
