"""Cryptography as terms: a digest or signature is a name for what it was made of, and nothing else gives that name.

While `symbolic` holds, the specification's own steps run on such terms: SHA-256 gives the same name for the same
octets, a signature verifies under exactly the key and message that it was made with, and a Server is certified by the
name in its certificate. So the search knows no accident of a primitive, and a trace can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import FunctionType
from typing import Any

from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.signatures import SigningKey, VerifyingKey
from mpctls.spec.tls.handshake_messages import HandshakeData, signed_parameters
from mpctls.spec.tls.server_identity import KeyExchange

_NAMES = "__symbols__"


@dataclass(slots=True)
class Symbols:
    """All terms that were made; `named` leads from a name to its term."""

    _names: dict[tuple[object, ...], bytes] = field(default_factory=dict)
    named: dict[bytes, tuple[object, ...]] = field(default_factory=dict)

    def name(self, length: int, *term: object) -> bytes:
        """The name of a term: its number, filled up to a length."""
        if term not in self._names:
            name = len(self._names).to_bytes(8, "big").rjust(length, b"\xa5")
            self._names[term], self.named[name] = name, term
        return self._names[term]

    def sha256(self, octets: bytes) -> bytes:
        """A digest."""
        return self.name(32, "digest", octets)

    def digest(self, algorithm: HashAlgorithm, octets: bytes) -> bytes:
        """A digest by any algorithm."""
        return self.name(32, "digest", algorithm.name, octets)

    def sign(self, key: SigningKey, message: bytes) -> bytes:
        """A signature."""
        return self.name(64, "signature", key.verifying_key.encode(), message)

    def verify_signature(
        self, key: VerifyingKey, signature: bytes, message: bytes, *, otherwise: Reason
    ) -> None:
        """Refuse what is not a signature of the message by the key."""
        if self.named.get(signature) != ("signature", key.encode(), message):
            raise Rejection(otherwise)

    def server_signature(self, server_name: str, signed: bytes) -> bytes:
        """The signature of a Server over its key exchange."""
        return self.name(64, "server", server_name, signed)

    def verify_server(
        self,
        *,
        server_name: str,
        handshake_data: HandshakeData,
        key_exchange: KeyExchange,
        roots: object,
        time: int,
    ) -> None:
        """Refuse a Server other than the certified one, and a key exchange that it did not sign."""
        if handshake_data.certificates != (server_name.encode(),):
            raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH)
        signed = signed_parameters(
            client_random=key_exchange.client_random,
            server_random=key_exchange.server_random,
            server_ephemeral_key=key_exchange.server_ephemeral_key,
        )
        if self.named.get(handshake_data.signature) != ("server", server_name, signed):
            raise Rejection(Reason.VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID)


@contextmanager
def symbolic(symbols: Symbols) -> Iterator[None]:
    """Put terms in place of the specification's cryptography."""
    places: dict[tuple[str, str], Callable[..., Any]] = {
        ("mpctls.spec.digests", "sha256"): symbols.sha256,
        ("mpctls.spec.digests", "digest"): symbols.digest,
        ("mpctls.spec.signatures", "verify_signature"): symbols.verify_signature,
        ("mpctls.spec.signatures", "SigningKey.sign"): symbols.sign,
        ("mpctls.spec.tls.server_identity", "verify_server_identity"): symbols.verify_server,
    }
    kept = []
    try:
        for (module, name), replacement in places.items():
            function = _function(module, name)
            kept.append((function, function.__code__, function.__kwdefaults__))
            function.__globals__.setdefault(_NAMES, {})[name] = replacement
            function.__code__ = _redirecting(name)
        yield
    finally:
        for function, code, defaults in kept:
            function.__code__, function.__kwdefaults__ = code, defaults
            function.__globals__.pop(_NAMES, None)


def _function(module: str, name: str) -> FunctionType:
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    if not isinstance(found, FunctionType):
        raise TypeError(f"{module}.{name} is no function")
    return found


def _redirecting(name: str) -> Any:
    """The code of a function that calls its replacement, whoever holds the function."""
    scope: dict[str, Any] = {}
    source = f"def redirected(*given, **named): return {_NAMES}[{name!r}](*given, **named)"
    exec(compile(source, "<symbols>", "exec"), scope)  # the text above, with one of five names
    return scope["redirected"].__code__
