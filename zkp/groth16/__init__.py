"""Groth16 over BN254 (Groth, 2016): keys of ceremonies for one circuit each, short proofs, in snarkjs's formats."""
