"""Whole sessions between roles in one process."""
