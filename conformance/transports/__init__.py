"""How the suite reaches an implementation: a program, a socket, an object of this process."""

from .address import Address, AddressError, read_address

__all__ = ["Address", "AddressError", "read_address"]
