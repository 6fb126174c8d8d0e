"""Adapters that lie, each in one way; the suite must find each, and for the right reason."""
