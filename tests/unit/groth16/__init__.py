"""Groth16 and the program that proves with the files of circom."""
