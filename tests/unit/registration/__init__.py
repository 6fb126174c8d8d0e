"""The Notary's register of records."""
