"""The predicate language: its forms, its meaning on plaintext, and its compilation to circuits."""
