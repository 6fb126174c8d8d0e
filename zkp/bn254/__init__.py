"""BN254 (alt_bn128): field arithmetic and transforms, groups, multi-scalar multiplication and the pairing."""
