"""Setups of KZG commitments: powers of a secret point in G1 and G2, their files, origins and checks."""
