"""The protocol between real processes: Prover, Notary and Verifier."""
