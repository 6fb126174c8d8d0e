"""Verification stage: what a Verifier believes of a presentation, and in which order it decides."""
