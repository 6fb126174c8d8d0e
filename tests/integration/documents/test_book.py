"""The book has a page for every step and an entry for every reason, and no link of it leads nowhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from mpctls.conformance.book.pages import Book, BookError
from mpctls.conformance.catalogue import steps
from mpctls.spec.reasons import Reason

ROOT = Path(__file__).resolve().parents[3]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)")
_ADDRESS = re.compile(r'href="([^"#]+)"')


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("book") / "pages"
    Book(root=ROOT, target=target).write()
    return target


def test_every_step_has_a_page_with_its_arrow_checks_and_vectors(pages: Path) -> None:
    for step in steps():
        text = (pages / "steps" / f"{step.id}.md").read_text(encoding="utf-8")
        for heading in (
            "## Inputs and outputs",
            "## What each party learns",
            "## Vectors",
            "## Both implementations",
        ):
            assert heading in text, step.id
        assert "- specification: [" in text, step.id
        assert "- reference: [" in text, step.id
    signature = (pages / "steps/verification/verify_signature_validity.md").read_text(encoding="utf-8")
    assert 'class="chosen"' in signature
    first, second = (signature.index(f"`{code}`]") for code in (
        "verification/untrusted-notary", "verification/signature-invalid"))  # fmt: skip
    assert first < second


def test_every_reason_has_an_entry(pages: Path) -> None:
    text = (pages / "reasons.md").read_text(encoding="utf-8")
    assert [each.value for each in Reason if f"### {each.value}\n" not in text] == []


def test_every_link_leads_to_a_page(pages: Path) -> None:
    missing = []
    for page in (*pages.glob("*.md"), *(pages / "steps").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        for target in (*_LINK.findall(text), *_ADDRESS.findall(text)):
            if re.match(r"[a-z]+:", target):
                continue
            path = Path(os.path.normpath(page.parent / target))
            source = path.with_suffix(".md") if path.suffix == ".html" else path
            copied = pages / "_extra" / path.relative_to(pages)
            if not source.exists() and not copied.exists():
                missing.append(f"{page.relative_to(pages)}: {target}")
    assert missing == []


def test_a_document_that_links_to_nothing_is_refused(tmp_path: Path) -> None:
    for name in ("docs/site", "conformance/vectors", "spec"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"):
        (tmp_path / name).write_text("nothing\n", encoding="utf-8")
    (tmp_path / "docs" / "a.md").write_text("[there](nowhere.txt)\n", encoding="utf-8")
    with pytest.raises(BookError, match=r"nowhere\.txt: not there"):
        Book(root=tmp_path, target=tmp_path / "pages").write()
