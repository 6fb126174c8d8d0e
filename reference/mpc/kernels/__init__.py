"""Compiled kernels and their portable twins; arrays in, arrays out, no protocol and no randomness."""
