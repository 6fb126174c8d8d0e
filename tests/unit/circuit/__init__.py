"""Arithmetic circuits: what gadgets compute and refuse, lowering to rows, determinism."""
