"""Boolean circuits: their form, the builder, and every function the session computes together."""
