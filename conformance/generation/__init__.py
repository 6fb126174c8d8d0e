"""Makes the test vectors: plain code, labelled randomness, and the specification for what is expected."""
