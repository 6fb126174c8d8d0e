"""PLONK over BN254 with KZG commitments, in the transcript and formats of snarkjs."""
