"""The curve P-256, the fields GF(p) and GF(2^128), and the conversions between shares of sums and of
products.
"""
