"""Groups, sums of multiples and pairings of BN254."""
