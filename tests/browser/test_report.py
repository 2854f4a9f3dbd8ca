"""The report on a phone, a desktop and paper: nothing overflows, no word is broken, no label is cut off."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dataflows.report import REPORT, decisions, queries
from dataflows.report.rows import FundingMonth
from marketing_ibis.report import page
from tests.browser.conftest import Open
from tests.dataflows.report.shops import answers_of, cohort_rows, shop_of
from tests.sources import GOLDEN_AS_OF, golden_sources

PHONE, DESK, SHEET = 390, 1440, 1031
BROKEN = """
() => {
  const broken = [];
  const walker = document.createTreeWalker(document.querySelector('.insights'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest('svg, style, .unseen')) continue;
    for (const match of node.data.matchAll(/[A-Za-z0-9$%,.]+/g)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) broken.push(match[0]);
    }
  }
  return broken;
}
"""
CUT = """
() => [...document.querySelectorAll('.insights svg text')]
  .map(text => [text.textContent, text.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.left < 0 || box.right > innerWidth))
  .map(([words]) => words)
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report whose cohorts are many and old."""
    old, new = answers_of(cohort_rows(months=60)), shop_of(golden_sources(), GOLDEN_AS_OF)
    aged = {query: old.results[query] for query in (queries.cohorts, queries.retention)}
    months = [
        FundingMonth(f"{channel} advertising", GOLDEN_AS_OF.replace(day=1), True, Decimal(100), 90, 50.0, 9.0, revenue)
        for channel, revenue in (("search", 400.0), ("social", 90.0))
    ]
    shop = replace(new, results={**new.results, **aged, decisions.funding: tuple(months)})
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(str(page.render("document.html", page.page_of(REPORT, shop))), "utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_report_fits_its_screen(report: str, open_page: Open, width: int) -> None:
    tab = open_page(width)
    tab.goto(report)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(BROKEN) == []
    assert tab.evaluate(CUT) == []


HINTS = """
() => [...document.querySelectorAll('.scroll')].filter(one => one.checkVisibility()).map(one => ({
  is_cut: one.scrollWidth > one.clientWidth,
  hint: parseFloat(getComputedStyle(one, '::before').height) > 5,
  commands: one.querySelectorAll('code').length,
}))
"""


CARDS = """
() => [...document.querySelectorAll('.scroll:has(.cards)')].filter(one => one.checkVisibility()).map(one => ({
  caption: one.querySelector('caption').textContent,
  is_cut: one.scrollWidth > one.clientWidth,
  labels: [...one.querySelectorAll('td')].map(cell => getComputedStyle(cell, '::before').content.length > 4),
}))
"""


def test_a_table_that_is_cut_says_so(report: str, open_page: Open) -> None:
    tab = open_page(PHONE)
    tab.goto(report)
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for width in (PHONE, DESK):
        tab.set_viewport_size({"width": width, "height": 900})
        tables = tab.evaluate(HINTS)
        assert {table["is_cut"] for table in tables} == ({True, False} if width == PHONE else {False})
        assert [table for table in tables if table["is_cut"] != table["hint"]] == []
    # Rows with text are cards on a phone, and each cell says what it is.
    tab.set_viewport_size({"width": PHONE, "height": 900})
    cards = tab.evaluate(CARDS)
    assert any(card["caption"].startswith("More or less budget") for card in cards)
    assert [card for card in cards if card["is_cut"] or not all(card["labels"])] == []
    # The name of a row stays when its numbers are scrolled to, and commands need no scrolling.
    names = tab.evaluate(
        "[...document.querySelectorAll('#contacts .scroll')].map(one => {"
        " one.scrollLeft = 1000; return one.querySelector('tbody th').getBoundingClientRect().left; })"
    )
    assert names
    assert min(names) >= 0
    boxes = tab.evaluate("[...document.querySelectorAll('code')].map(one => one.getBoundingClientRect().right)")
    assert boxes
    assert max(boxes) <= PHONE


FAINT = """
() => {
  const parse = color => color.match(/[0-9.]+/g).map(Number);
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const paper = element => {
    for (; element; element = element.parentElement) {
      const color = parse(getComputedStyle(element).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.querySelector('.insights'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('style, .unseen') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const color = parse(element.closest('svg') ? style.fill : style.color);
    const [dark, bright] = [light(color), light(paper(element))].sort((a, b) => a - b);
    if ((bright + 0.05) / (dark + 0.05) < 4.5) faint.push(node.data.trim());
  }
  return faint;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_contrasts_with_what_it_is_on(report: str, open_page: Open, scheme: str) -> None:
    # 4.5 to 1: https://www.w3.org/TR/WCAG22/#contrast-minimum
    tab = open_page(DESK, scheme)
    tab.goto(report)
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert tab.evaluate(FAINT) == []
    tab.set_viewport_size({"width": PHONE, "height": 900})
    assert tab.evaluate(FAINT) == []


def test_a_command_is_copied_as_it_is_typed(report: str, open_page: Open) -> None:
    tab = open_page(PHONE)
    tab.goto(report)
    copied = tab.evaluate(
        "[...document.querySelectorAll('#contacts code')].map(one => {"
        " getSelection().selectAllChildren(one); return getSelection().toString(); })"
    )
    assert copied[0] == "marketing-ibis export campaign_champions --to campaign_champions.csv"
    assert not any("\n" in command for command in copied)


SHOWN = """
() => [...document.querySelectorAll('main > section')].filter(one => one.checkVisibility()).map(one => one.id)
"""


def test_readers_filter_by_subject_and_look_into_segments_and_channels(report: str, open_page: Open) -> None:
    tab = open_page(DESK)
    tab.goto(report)
    everything = tab.evaluate(SHOWN)
    for width, scheme in ((DESK, "light"), (PHONE, "dark")):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        tab.locator(".subjects label").get_by_text("Channels", exact=True).click()
        assert tab.evaluate(SHOWN) == ["funding", "channels", "trends", "glossary"]
        for section in ("trends", "segment"):
            if section == "segment":
                tab.locator(".subjects label").get_by_text("Customers", exact=True).click()
                assert "funding" not in tab.evaluate(SHOWN)
            views = tab.locator(f"#{section} .view")
            labels = tab.locator(f"#{section} .choice > label")
            texts = []
            for place in range(labels.count()):
                labels.nth(place).click()
                shown = [number for number in range(views.count()) if views.nth(number).is_visible()]
                assert shown == [place]
                assert labels.nth(place).inner_text().strip() == views.nth(place).get_attribute("data-label")
                texts.append(views.nth(place).inner_text())
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
                assert tab.evaluate(CUT) == []
            assert len(set(texts)) == len(texts) > 1
        assert tab.locator("#actions figure svg:visible").count() == 1
        tab.locator(".subjects label").get_by_text("Everything").click()
        assert tab.evaluate(SHOWN) == everything
    # What a reader chose is what is printed, without the controls of the page.
    tab.locator(".subjects label").get_by_text("Channels", exact=True).click()
    tab.emulate_media(media="print")
    assert tab.evaluate(SHOWN) == ["funding", "channels", "trends", "glossary"]
    assert not tab.locator(".subjects").is_visible()


def test_a_report_is_printed_on_a_few_sheets(report: str, open_page: Open, tmp_path: Path) -> None:
    tab = open_page(SHEET)
    tab.emulate_media(media="print")
    tab.goto(report)
    assert tab.evaluate("document.documentElement.scrollWidth") <= SHEET
    assert tab.evaluate(BROKEN) == []
    assert tab.evaluate(CUT) == []
    sheets = len(re.findall(rb"/Type\s*/Page\b", tab.pdf(prefer_css_page_size=True)))
    assert 3 <= sheets <= 16
