"""Extensions of an attestation: what the Prover claims and what the Notary states, in two lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from .encoding import Limit, Structure
from .reasons import Reason, Rejection
from .signatures import VerifyingKey

HOLDER_KEY = "holder-key"
"""The key whose holder alone may present the attestation. Prover, critical, the value is a VerifyingKey."""

PURPOSE = "purpose"
"""What the Prover wants the attestation for. Prover, not critical, the value is UTF-8 text."""

NOTARY_PREFIX = "notary/"
"""Ids of the Notary begin with this, and only those."""

_ID = re.compile(r"[a-z0-9][a-z0-9./-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Structure):
    """A named value; whoever does not know a critical one refuses the attestation.

    Rejects with encoding/not-canonical when the id has other characters than lower-case letters, digits and
    `./-`.
    """

    id: Annotated[str, Limit(64)]
    critical: bool
    value: Annotated[bytes, Limit(4096)]

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise Rejection(Reason.ENCODING_NOT_CANONICAL, "the id of an extension is malformed")

    @property
    def is_of_notary(self) -> bool:
        """Whether the id is the Notary's to use."""
        return self.id.startswith(NOTARY_PREFIX)


Extensions = Annotated[tuple[Extension, ...], Limit(32)]


def require_canonical_order(extensions: Sequence[Extension]) -> None:
    """Require that the ids ascend strictly as octets. Rejects with encoding/not-canonical."""
    for extension, following in pairwise(extensions):
        if extension.id >= following.id:
            raise Rejection(Reason.ENCODING_NOT_CANONICAL, "extensions are unordered or repeated")


def find_extension(extensions: Sequence[Extension], id_: str) -> Extension | None:
    """Return the extension with this id, None when there is none."""
    return next((extension for extension in extensions if extension.id == id_), None)


def holder_key_of(prover_extensions: Sequence[Extension]) -> VerifyingKey | None:
    """Return the holder key, None when there is none.

    Rejects with encoding/not-canonical when it is not marked critical, and as decoding does when it is no
    key.
    """
    extension = find_extension(prover_extensions, HOLDER_KEY)
    if extension is None:
        return None
    if not extension.critical:
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, "a holder key is not marked critical")
    return VerifyingKey.decode(extension.value)
