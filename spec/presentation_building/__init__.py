"""Presentation building stage: the Prover chooses what to show, proves it, and binds it to its audience."""
