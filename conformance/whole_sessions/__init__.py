"""What the specification says of roles that keep state."""
