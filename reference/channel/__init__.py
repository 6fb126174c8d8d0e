"""The link between Prover and Notary: frames, deadlines, session messages."""
