"""Properties of the steps of tls session."""
