"""The two-party computation: kernels, circuits, garbling, transfer, share conversion, zero knowledge, engine."""
