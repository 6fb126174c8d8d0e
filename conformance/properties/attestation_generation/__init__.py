"""Properties of the steps of attestation generation."""
