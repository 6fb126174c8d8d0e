"""The keys that a Verifier accepts, each by its digest, with the ceremony that it says made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mpctls.reference.foundation.errors import Refused

from .development import is_development_key
from .proof import VerifyingKey

MAXIMUM_NAME: Final = 64
_DIGEST: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedKeys:
    """`ceremonies` maps the digest of a verifying key (32 octets) to the name of the second phase that made it.

    The Verifier writes down what it knows of a ceremony: nothing in a key can show who took part. Keys of known secret
    are accepted only when its policy says so.
    """

    ceremonies: Mapping[bytes, str]
    accept_development: bool = False

    def __post_init__(self) -> None:
        """Refuse with `zero-knowledge/unknown-ceremony` a digest or a name that none is."""
        for digest, name in self.ceremonies.items():
            if len(digest) != _DIGEST:
                raise Refused(
                    "zero-knowledge/unknown-ceremony", f"{len(digest)} octets are no digest of a key"
                )
            if not 0 < len(name) <= MAXIMUM_NAME or not name.isascii() or not name.isprintable():
                raise Refused(
                    "zero-knowledge/unknown-ceremony", "a name is 1 to 64 printable ASCII characters"
                )

    def require(self, key: VerifyingKey) -> str:
        """The ceremony of a key, or "development".

        Run by a Verifier before `verifier.verify`. Refuses with `zero-knowledge/development-setup` and
        `zero-knowledge/untrusted-setup`.
        """
        if is_development_key(key):
            if not self.accept_development:
                raise Refused("zero-knowledge/development-setup", "everyone knows the secret of this key")
            return "development"
        digest = key.digest()
        name = self.ceremonies.get(digest)
        if name is None:
            raise Refused("zero-knowledge/untrusted-setup", f"the key {digest.hex()} is not accepted here")
        return name
