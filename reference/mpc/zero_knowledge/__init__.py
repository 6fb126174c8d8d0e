"""QuickSilver between Prover and Notary: authenticated wires, batches of corrections, challenges and answers."""
