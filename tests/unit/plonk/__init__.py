"""PLONK, its setups and its files."""
