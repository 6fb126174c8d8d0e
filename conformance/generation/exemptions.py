"""What the vectors need not cover, by name, and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

REASONS: Mapping[str, str] = MappingProxyType({})
"""Reason codes with fewer than two vectors, each with why."""
