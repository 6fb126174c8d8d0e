"""What a Verifier wants beyond a valid presentation: which Server, how fresh, with what, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .attestation import AttestationBody
from .extensions import HOLDER_KEY, Extension
from .presentation import IdentityProof
from .reasons import Reason, Rejection
from .structure.message import RequestPolicy

ANY_REQUEST: Final = RequestPolicy()
"""Any method and target; only the secrets of a request are redacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRequest:
    """What the Verifier asked the holder to sign: its own name, and a nonce that it has never used before."""

    audience: str
    nonce: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierPolicy:
    """The Verifier's wishes; None means that it has none in this respect. Ages are in seconds.

    `requests` are those whose responses predicates may be about. A development setup, under which everybody
    can prove everything, is for tests. The circuits of all predicates together have at most
    `largest_row_count` rows, each rounded up to a power of two: compiling them is work.
    """

    server_names: frozenset[str] | None = None
    maximum_age: int | None = None
    required_extensions: frozenset[str] = frozenset()
    known_critical_extensions: frozenset[str] = frozenset({HOLDER_KEY})
    binding: BindingRequest | None = None
    requests: RequestPolicy = ANY_REQUEST
    development_setups: bool = False
    largest_row_count: int = 2**20


def require_server(policy: VerifierPolicy, identity: IdentityProof | None) -> None:
    """Require that the proved Server is one of those expected, if any are.

    Names are compared as ASCII without case. Rejects with verification/identity-required,
    verification/server-not-allowed.
    """
    if policy.server_names is None:
        return
    if identity is None:
        raise Rejection(Reason.VERIFICATION_IDENTITY_REQUIRED)
    if identity.server_name.lower() not in {name.lower() for name in policy.server_names}:
        raise Rejection(Reason.VERIFICATION_SERVER_NOT_ALLOWED)


def require_policy(
    policy: VerifierPolicy, body: AttestationBody, identity: IdentityProof | None, now: int
) -> None:
    """Require what the Verifier wants of an attestation; `now` is in Unix seconds.

    Rejects with verification/identity-required, verification/server-not-allowed,
    verification/attestation-too-old, verification/required-extension-missing.
    """
    require_server(policy, identity)
    time = body.connection_info.time
    if policy.maximum_age is not None and now - time > policy.maximum_age:
        raise Rejection(Reason.VERIFICATION_ATTESTATION_TOO_OLD, f"attested at {time}, now {now}")
    require_extensions(policy, body.prover_extensions + body.notary_extensions)


def require_extensions(policy: VerifierPolicy, extensions: Sequence[Extension]) -> None:
    """Require that every wanted extension is there. Rejects with verification/required-extension-missing."""
    missing = policy.required_extensions - {extension.id for extension in extensions}
    if missing:
        raise Rejection(Reason.VERIFICATION_REQUIRED_EXTENSION_MISSING, ", ".join(sorted(missing)))
