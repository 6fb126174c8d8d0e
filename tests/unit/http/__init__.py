"""Where the parts of HTTP messages and JSON texts stand."""
