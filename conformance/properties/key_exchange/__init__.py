"""Properties of the steps of key exchange."""
