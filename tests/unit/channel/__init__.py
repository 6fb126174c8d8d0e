"""Session messages, establishment and session parameters."""
