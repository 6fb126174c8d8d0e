"""Oblivious transfer against malicious parties: base transfers, their extension, what follows from them."""
