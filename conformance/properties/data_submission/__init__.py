"""Properties of the steps of data submission."""
