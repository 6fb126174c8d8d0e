"""All families of vectors, in the order of the catalogue."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from .rendering_sessions import SessionFamily
from .vector import Family

STAGES = (
    "foundation",
    "tls_session",
    "key_exchange",
    "mpc_tls",
    "data_submission",
    "attestation_generation",
    "presentation_building",
    "verification",
    "zero_knowledge",
    "sessions",
)
"""Folders whose modules each hold a tuple FAMILIES."""


@cache
def families() -> tuple[Family, ...]:
    """Every family. Raises ValueError when two have one id."""
    found: dict[str, Family] = {}
    for stage in STAGES:
        package = import_module(f"{__package__}.{stage}")
        for info in sorted(iter_modules(package.__path__), key=lambda each: each.name):
            for family in getattr(import_module(f"{package.__name__}.{info.name}"), "FAMILIES", ()):
                if family.id in found:
                    raise ValueError(f"two families {family.id}")
                found[family.id] = family
    return tuple(found.values())


@cache
def session_families() -> tuple[SessionFamily, ...]:
    """Every family of whole sessions."""
    package = import_module(f"{__package__}.sessions")
    return tuple(
        family
        for info in sorted(iter_modules(package.__path__), key=lambda each: each.name)
        for family in getattr(import_module(f"{package.__name__}.{info.name}"), "SESSION_FAMILIES", ())
    )
