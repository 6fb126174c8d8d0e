"""The two hash functions that the standard library does not have, written out: Keccak-256 and BLAKE3."""
