"""Operations: zero knowledge."""

from __future__ import annotations

from .form import Form

FORMS: tuple[Form, ...] = ()
