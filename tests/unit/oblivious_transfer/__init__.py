"""Oblivious transfer between two honest parties, and against the cheater of each step."""
