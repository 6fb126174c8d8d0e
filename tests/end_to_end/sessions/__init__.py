"""Whole sessions between operating-system processes."""
