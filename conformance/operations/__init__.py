"""What an implementation is asked to do, for a stranger: every operation by name, its fields, and their JSON form."""
