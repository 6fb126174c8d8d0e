"""Kernels against standards, against their portable twins and against what an attacker would send."""
