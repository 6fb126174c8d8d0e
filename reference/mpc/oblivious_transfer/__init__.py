"""Oblivious transfer against malicious parties: base transfers, their extension, and what is derived from correlations."""
