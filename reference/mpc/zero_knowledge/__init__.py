"""QuickSilver between Prover and Notary: authenticated wires, batches, corrections, challenges, answers."""
