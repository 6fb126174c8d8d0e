"""Conversion between additive and multiplicative shares by oblivious linear evaluation."""
