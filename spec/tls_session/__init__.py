"""TLS session stage: what Prover and Notary agree on, and which connection the Notary takes part in."""
