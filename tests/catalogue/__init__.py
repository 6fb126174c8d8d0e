"""The catalogue of attacks, held against the tests that carry it."""
