"""Boolean circuits of the two-party computation: their form, the builder, and every function the session computes."""
