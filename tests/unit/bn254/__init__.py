"""Fields, transforms and vectors of BN254."""
