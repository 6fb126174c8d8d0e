"""What may be said about an HTTP exchange of which parts are redacted (docs/protocol/structure.md)."""
