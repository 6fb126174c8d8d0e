"""The command line, a command or a concern a file."""
