"""Vectors before an implementation: which ones, in which order, what came out, and what that means."""
