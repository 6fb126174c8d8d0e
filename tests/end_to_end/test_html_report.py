"""The HTML report in a browser: from a phone to a desktop, by keyboard, with hostile answers in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mpctls.conformance.reports.html import write_html

from ..capabilities import program, requires
from ..unit.conformance.test_html_report import ATTACK, case, run
from .browser import DESKTOP, PHONE, Page, browsing

pytestmark = [pytest.mark.end_to_end, requires("chromium")]

TREES = "foundation/merkle/trees"
GOT = {"accept": {"root": "00" * 20 + "ff" + "00" * 11}}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    honest = [case(f"{TREES}/{name}") for name in ("two", "three")]
    wrong = [
        case(
            f"{TREES}/two",
            "failed",
            got=GOT,
            message=f"root differs from octet 20 {ATTACK}",
            first_difference={"field": "root", "offset": 20},
        ),
        case(f"{TREES}/three", stderr=ATTACK),
    ]
    many = [case(f"foundation/ranges/sets/{at}") for at in range(1800)]
    write_html([run(*honest, *many), run(*wrong, *many, name=ATTACK, conforms=False)], path)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with browsing(program("chromium")) as page:
        yield page


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_window_and_asks_nobody(
    browser: Page, report: Path, size: tuple[int, int], scheme: str
) -> None:
    browser.size(*size)
    browser.scheme(scheme)
    browser.open(report)
    assert browser.evaluate("document.documentElement.scrollWidth") <= size[0]
    browser.evaluate("document.querySelector('.difference').click()")
    assert browser.evaluate("document.getElementById('panel').open")
    assert browser.evaluate("panel.scrollWidth <= panel.clientWidth")
    background = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(background.split("(")[1].split(",")[0]) < 128) == (scheme == "dark")
    assert browser.requests() == [report.as_uri()]
    assert browser.complaints() == []


def test_a_difference_leads_to_its_octet(browser: Page, report: Path) -> None:
    browser.open(report)
    browser.evaluate("document.querySelector('.difference').click()")
    browser.wait("document.querySelector('.case[open] .inside')")
    assert browser.evaluate("document.querySelectorAll('.case[open]').length") == 1
    marks = "[...document.querySelectorAll('.sides mark')].map((mark) => mark.textContent)"
    assert browser.evaluate(marks) == ["00", "ff"]
    shown = browser.evaluate("document.querySelector('.case[open]').textContent")
    assert "first difference at octet 20" in shown
    assert ATTACK in shown
    assert f"mpctls-conformance replay {TREES}/two" in shown
    assert browser.evaluate("document.querySelectorAll('img').length") == 0


def test_the_keyboard_goes_there_and_back(browser: Page, report: Path) -> None:
    browser.size(*DESKTOP)
    browser.open(report)
    browser.evaluate("document.querySelector('.cell').focus()")
    browser.press("Enter", 13)
    browser.wait("document.getElementById('panel').open")
    assert browser.evaluate("document.activeElement.id") == "panel-title"
    browser.press("Escape", 27)
    browser.wait("!document.getElementById('panel').open")
    assert browser.evaluate("document.activeElement.classList.contains('cell')")


def test_a_filter_counts_and_hides(browser: Page, report: Path) -> None:
    browser.open(report)
    browser.evaluate(
        "(() => { const form = document.getElementById('filter'); form.elements.verdict.value = 'attention';"
        " form.dispatchEvent(new Event('input', { bubbles: true })); })()"
    )
    assert browser.evaluate("document.getElementById('shown').textContent").startswith("1 of ")
    rows = "[...document.querySelectorAll('tr[data-row]')].filter((row) => !row.hidden).length"
    assert browser.evaluate(rows) == 1
    browser.evaluate("document.getElementById('filter').reset()")
    browser.wait(f"{rows} === 2")


def test_an_address_opens_its_case(browser: Page, report: Path) -> None:
    browser.open(report, "#show=" + f"{TREES}/two".replace("/", "%2F") + "&on=1")
    browser.command("Page.reload")
    browser.wait("document.querySelector('.case[open] .sides')")
    assert browser.evaluate("document.querySelector('.case[open] code').textContent") == "trees/two"


def test_the_theme_can_be_chosen(browser: Page, report: Path) -> None:
    browser.scheme("light")
    browser.open(report)
    dark = "getComputedStyle(document.body).backgroundColor === 'rgb(19, 20, 23)'"
    for _ in range(3):
        if browser.evaluate(dark):
            break
        browser.evaluate("document.getElementById('theme').click()")
    assert browser.evaluate(dark)
    browser.evaluate("localStorage.clear()")
