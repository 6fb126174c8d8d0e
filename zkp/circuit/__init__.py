"""Arithmetic circuits over a prime field: representation, builder, gadgets, lowering to PLONK rows."""
