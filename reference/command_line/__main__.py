"""`python -m mpctls.reference.command_line` is the program `mpctls`."""

from . import main

main()
