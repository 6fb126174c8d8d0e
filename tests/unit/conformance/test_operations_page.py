"""The page of operations is what the forms say."""

from __future__ import annotations

from mpctls.conformance.operations.page import page
from tests.unit.packaging.checkout import ROOT


def test_the_page_is_not_stale() -> None:
    written = (ROOT / "docs" / "conformance" / "operations.md").read_text(encoding="utf-8")
    assert written == page(), "python -m mpctls.conformance.operations.page > docs/conformance/operations.md"
