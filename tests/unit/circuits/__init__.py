"""The circuits of the two-party computation against the standards and against independent oracles."""
