"""Properties of the steps of verification."""
