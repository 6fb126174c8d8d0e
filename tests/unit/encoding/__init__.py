"""Encoding commitments: the conversion of bits to scalars, the value committed to, and the attacks on both."""
