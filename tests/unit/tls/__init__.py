"""TLS 1.2 as a client: known answers, hostile input, limits."""
