"""The TLS client against real servers."""
