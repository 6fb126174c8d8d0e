"""All operations by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from .form import Form

STAGES = (
    "foundation",
    "link",
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
"""Modules that hold forms, each with a tuple FORMS."""


@cache
def forms() -> Mapping[str, Form]:
    """Every operation's form, in the order of a session."""
    found: dict[str, Form] = {}
    for stage in STAGES:
        for form in import_module(f"{__package__}.{stage}").FORMS:
            if form.name in found:
                raise ValueError(f"two forms for {form.name}")
            found[form.name] = form
    return MappingProxyType(found)


def form_of(name: str) -> Form:
    """The form of an operation. Raises KeyError for an unknown one."""
    return forms()[name]
