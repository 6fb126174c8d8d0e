"""Commit config, commitments, body and signing: the Notary's and the Prover's halves of an attestation."""
