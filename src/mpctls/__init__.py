"""MPC-TLS attestations: executable specification, reference implementation and conformance suite."""
