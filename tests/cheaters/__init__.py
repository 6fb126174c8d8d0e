"""Parties that deviate from the protocol: what each does, where it is caught, and for which reason."""
