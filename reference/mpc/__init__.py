"""The two-party computation: kernels, circuits, garbling, oblivious transfer, share conversion, zero knowledge, engine."""
