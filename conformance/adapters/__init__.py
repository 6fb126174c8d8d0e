"""Implementations under test, each behind the one face that `adapter.Adapter` describes."""
