"""Properties of the steps of foundation."""
