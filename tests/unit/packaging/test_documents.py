"""Every relative link of the project's Markdown leads somewhere."""

import re
from pathlib import Path

import pytest

from .checkout import ROOT, project_files

INLINE_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE_LINK = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)", re.MULTILINE)
FENCED_BLOCK = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def links(markdown: str) -> list[str]:
    """Targets of all links outside code."""
    text = CODE_SPAN.sub("", FENCED_BLOCK.sub("", markdown))
    return INLINE_LINK.findall(text) + REFERENCE_LINK.findall(text)


def anchors(markdown: str) -> set[str]:
    """The anchors that the usual renderers give to the headings of a page."""
    headings = HEADING.findall(FENCED_BLOCK.sub("", markdown))
    names = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    return {
        name if names[:place].count(name) == 0 else f"{name}-{names[:place].count(name)}"
        for place, name in enumerate(names)
    }


def broken_links(page: Path) -> list[str]:
    """Links of a page to files, folders or headings that are not there; addresses elsewhere are not asked."""
    markdown = page.read_text(encoding="utf-8")
    found = []
    for link in links(markdown):
        if ABSOLUTE.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if target.exists() and (not anchor or target.suffix != ".md"):
            continue
        if not target.exists() or anchor not in anchors(target.read_text(encoding="utf-8")):
            found.append(link)
    return found


@pytest.mark.parametrize("name", [str(name) for name in project_files() if name.suffix == ".md"])
def test_every_link_leads_somewhere(name: str) -> None:
    assert broken_links(ROOT / name) == []


@pytest.mark.parametrize(
    ("markdown", "broken"),
    [
        ("[a](there.md)", []),
        ("[a](absent.md)", ["absent.md"]),
        ("[a](there.md#the-heading)", []),
        ("[a](there.md#another)", ["there.md#another"]),
        ("[a]\n\n[a]: absent.md", ["absent.md"]),
        ('![a](absent.png "title")', ["absent.png"]),
        ("`[a](absent.md)`\n\n```\n[a](absent.md)\n```\n", []),
        ("[a](https://example.com/absent)", []),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, markdown: str, broken: list[str]) -> None:
    (tmp_path / "there.md").write_text("# The heading\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(markdown, encoding="utf-8")
    assert broken_links(page) == broken
