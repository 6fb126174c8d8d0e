"""Real TLS servers for tests, on loopback ports that the system chooses, with a throw-away authority."""
