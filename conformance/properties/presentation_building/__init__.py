"""Properties of the steps of presentation building."""
