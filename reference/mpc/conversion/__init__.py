"""Conversion of authenticated bits into authenticated scalars of BN254, and the release of the Notary's secrets."""
