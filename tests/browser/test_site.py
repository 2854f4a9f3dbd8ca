"""The documentation site in a browser: loading, search, clicks, small screens, accessibility."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.docs_site.built import pages

NARROW, WIDE = 390, 1440
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
KINDS = (
    "index.html", "lineage.html", "search.html?q=revenue", "insights.html", "exposures.html", "command-line.html",
    "settings.html", "report.html", "models/raw_orders.html", "models/customer_segmentation.html", "docs/index.html",
    "docs/configuration.html", "docs/metrics/customer_cohorts.html",
)  # fmt: skip
"""One page of each kind."""


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


LOAD_AND_MEASURE = """
async ([names, widths]) => {
  const load = name => new Promise(done => {
    const frame = document.createElement('iframe');
    // Off the screen: it is laid out and its scripts run, and nothing is painted.
    frame.style = `position: absolute; left: -9999px; border: 0; height: 900px; width: ${widths[0]}px`;
    frame.onload = () => done(frame);
    frame.src = `/${name}`;
    document.body.append(frame);
  });
  const frames = await Promise.all(names.map(load));
  const measure = (frame, name, width) => {
    frame.style.width = `${width}px`;
    const page = frame.contentDocument, root = page.documentElement;
    const parts = [...page.querySelectorAll('article table, article p, article pre')];
    return {
      name, width, title: page.title, articles: page.querySelectorAll('article, .insights').length,
      screen: root.clientWidth, page: root.scrollWidth,
      outside: parts.filter(part => !part.closest('.table-wrapper, .scroll'))
        .filter(part => part.getBoundingClientRect().right > width + 1).map(part => part.outerHTML.slice(0, 80)),
    };
  };
  const measures = widths.flatMap(width => frames.map((frame, place) => measure(frame, names[place], width)));
  frames.forEach(frame => frame.remove());
  return measures;
}
"""
AT_ONCE = 12
"""How many pages are open at once: each as a frame of one tab, which loads a page in half the time of a tab."""


def test_every_page_loads_and_fits(site: Path, address: str, open_page: Open) -> None:
    tab = open_page(WIDE)
    tab.goto(f"{address}/docs/index.html")
    tab.evaluate("document.body.replaceChildren()")
    names = [path.relative_to(site).as_posix() for path in pages(site)]
    assert len(names) > 100
    # Every second one, and one of each kind: pages of a kind have the same parts.
    found = names if THOROUGH else sorted({*names[::2], *(name.partition("?")[0] for name in KINDS)})
    for first in range(0, len(found), AT_ONCE):
        measures = tab.evaluate(LOAD_AND_MEASURE, [found[first : first + AT_ONCE], [WIDE, NARROW]])
        for page in measures:
            where = f"{page['name']} at {page['width']} pixels"
            assert page["title"], where
            assert page["articles"], where
            assert page["screen"] == page["width"], where
            assert page["page"] <= page["screen"], f"{where} is wider than the screen"
            assert not page["outside"], f"{where} is cut off: {page['outside']}"


def test_search_finds_a_column(address: str, open_page: Open) -> None:
    tab = open_page()
    tab.goto(f"{address}/index.html")
    tab.locator(".sidebar-search").fill("promotional_spend_ratio")
    tab.locator(".sidebar-search").press("Enter")
    results = tab.locator("#search-results li a")
    expect(results.first).to_be_visible()
    found = [results.nth(number).get_attribute("href") or "" for number in range(results.count())]
    assert any("models/customer_segmentation.html" in link for link in found), found


def test_search_works_from_the_file_system(site: Path, open_page: Open) -> None:
    tab = open_page()
    tab.goto(f"{(site / 'search.html').as_uri()}?q=promotional_spend_ratio")
    expect(tab.locator("#search-results li a").first).to_be_visible()
    tab.locator("#search-results li a").first.click()
    expect(tab.locator("body")).to_contain_text("promotional_spend_ratio")


def test_a_click_in_the_graph_opens_the_model(address: str, open_page: Open) -> None:
    tab = open_page()
    tab.goto(f"{address}/index.html")
    tab.locator("svg a").filter(has_text="customer_segmentation").first.click()
    tab.wait_for_url("**/models/customer_segmentation.html")
    expect(tab.locator("h1")).to_contain_text("customer_segmentation")
    tab.locator("svg a").filter(has_text="int_order_facts").first.click()
    tab.wait_for_url("**/models/int_order_facts.html")


def scale(page: Page) -> float:
    """Return how many pixels a unit of the whole lineage has."""
    return float(page.evaluate("document.querySelector('.drawing.whole svg').getScreenCTM().a"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_texts_of_a_lineage_can_be_read(site: Path, open_page: Open, width: int) -> None:
    tab = open_page(width)
    for name in ("index.html", "lineage.html", "models/customer_segmentation.html", "models/raw_orders.html"):
        tab.goto((site / name).as_uri())
        sizes = tab.evaluate(
            "[...document.querySelectorAll('.drawing svg text')].map("
            "text => parseFloat(text.getAttribute('font-size')) * text.getScreenCTM().a)"
        )
        assert sizes
        assert min(sizes) > 10.05 if name == "lineage.html" else min(sizes) >= 11, name


def test_the_whole_lineage_is_zoomed_and_moved(site: Path, open_page: Open) -> None:
    tab = open_page(NARROW)
    tab.goto((site / "lineage.html").as_uri())
    before = scale(tab)
    tab.get_by_role("button", name="Zoom in").click()
    assert scale(tab) > before * 1.2
    tab.get_by_role("button", name="Show all").click()
    assert scale(tab) < before
    frame = tab.locator(".drawing.whole").bounding_box()
    drawn = tab.locator(".drawing.whole svg .graph").bounding_box()
    assert frame
    assert drawn
    assert frame["x"] <= drawn["x"] + 1
    assert drawn["x"] + drawn["width"] <= frame["x"] + frame["width"] + 1
    region = tab.locator(".drawing.whole")
    region.focus()
    region.press("+")
    place = drawn["x"]
    region.press("ArrowRight")
    moved = tab.locator(".drawing.whole svg .graph").bounding_box()
    assert moved
    assert moved["x"] < place
    tab.mouse.move(200, 500)
    before = scale(tab)
    tab.mouse.wheel(0, -600)
    assert scale(tab) > before * 2
    box = tab.locator(".drawing.whole svg .graph").bounding_box()
    tab.mouse.down()
    tab.mouse.move(260, 540, steps=4)
    tab.mouse.up()
    dragged = tab.locator(".drawing.whole svg .graph").bounding_box()
    assert box
    assert dragged
    assert dragged["x"] - box["x"] == pytest.approx(60, abs=1)
    assert tab.url.endswith("lineage.html")


def lit(page: Page) -> set[str]:
    return set(
        page.evaluate("[...document.querySelectorAll('svg.lit [data-node].near')].map(node => node.dataset.node)")
    )


def test_pointing_at_a_table_lights_up_its_ancestors_and_descendants(address: str, open_page: Open) -> None:
    tab = open_page()
    tab.goto(f"{address}/models/int_orders.html")
    tab.locator(".drawing svg [data-node=int_order_totals]").first.hover()
    assert lit(tab) >= {"stg_customers", "stg_orders", "stg_payments", "int_order_totals", "int_orders", "orders"}
    tab.mouse.move(2, 2)
    assert not lit(tab)
    tab.get_by_role("link", name="Open it in the whole lineage").click()
    tab.wait_for_url("**/lineage.html#int_orders")
    assert {"raw_orders", "int_orders", "orders", "customers"} <= lit(tab)
    assert not {"stg_customer_activity"} & lit(tab)
    tab.get_by_label("Find a table").fill("stg_customer_activity")
    assert "stg_customer_activity" in lit(tab)
    tab.locator(".drawing.whole svg [data-node=stg_customer_activity] a").click()
    tab.wait_for_url("**/models/stg_customer_activity.html")


def test_the_menu_has_all_tables_by_layer(site: Path, open_page: Open) -> None:
    tab = open_page()
    tab.goto((site / "models" / "stg_orders.html").as_uri())
    menu = tab.locator(".sidebar-tree")
    expect(menu.get_by_role("link", name="stg_orders", exact=True)).to_be_visible()
    expect(menu.get_by_role("link", name="stg_orders", exact=True)).to_have_attribute("aria-current", "page")
    expect(menu.get_by_role("link", name="customers", exact=True)).to_be_hidden()
    menu.get_by_role("switch", name="Toggle navigation of core").press("Space")
    menu.get_by_role("link", name="customers", exact=True).click()
    expect(tab.locator("h1")).to_contain_text("customers")


def test_an_origin_leads_to_its_column(address: str, open_page: Open) -> None:
    tab = open_page()
    tab.goto(f"{address}/models/stg_orders.html")
    tab.locator("tr#status a").first.click()
    tab.wait_for_url("**/models/raw_orders.html#status")
    expect(tab.locator("tr#status")).to_be_in_viewport()


def test_sql_is_unfolded_by_a_click(address: str, open_page: Open) -> None:
    tab = open_page()
    tab.goto(f"{address}/models/product_performance.html")
    sql = tab.locator("#sql-redshift pre")
    expect(sql).to_be_hidden()
    tab.locator("#sql-redshift summary").click()
    expect(sql).to_contain_text("SELECT")


def test_the_charts_of_the_report_are_drawn(address: str, open_page: Open) -> None:
    tab = open_page()
    tab.goto(f"{address}/insights.html")
    tab.get_by_role("link", name="Open the insights report").click()
    tab.wait_for_url("**/report.html")
    drawn = tab.locator("figure svg:visible")
    assert drawn.count() >= 5
    for number in range(drawn.count()):
        box = drawn.nth(number).bounding_box()
        assert box is not None
        assert box["width"] > 200
        assert box["height"] > 50
        assert drawn.nth(number).locator("path, rect, line").count() > 5


LEAVE_TWO_OF_A_KIND = """
() => {
  const kind = element => `${element.tagName} ${element.getAttribute('class') || ''}`;
  const seen = new Map();
  for (const part of document.querySelectorAll('tbody tr, dl, pre span, li:not(:has(li))')) {
    const inside = new Set([...part.querySelectorAll('*')].map(kind).sort());
    const place = part.parentElement.closest('[class]');
    const whole = [kind(part), ...inside, place ? kind(place) : ''].join();
    seen.set(whole, (seen.get(whole) || 0) + 1);
    if (seen.get(whole) > 2) part.remove();
  }
}
"""
"""Leaves two of the rows, list items and words of code that have the same elements and classes, even and odd."""


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_pages_are_accessible(address: str, open_page: Open, width: int, scheme: str) -> None:
    tab = open_page(width, scheme)
    for name in KINDS:
        tab.goto(f"{address}/{name}")
        if not THOROUGH:
            tab.evaluate(LEAVE_TWO_OF_A_KIND)
        # Describing what passes would take a third of the time.
        found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [
            (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert not serious, f"{name}, {scheme}, {width} pixels: {serious}"


SHEET = {"width": 1031, "height": 702}
"""The printable area of an A4 sheet in landscape, in pixels."""


def test_the_report_prints_on_white_sheets_without_a_cut(address: str, open_page: Open) -> None:
    tab = open_page(scheme="dark")
    tab.goto(f"{address}/report.html")
    tab.emulate_media(media="print", color_scheme="dark")
    tab.set_viewport_size(SHEET)
    light = tab.evaluate(
        "['html', '.insights'].map(of => getComputedStyle(document.querySelector(of)).backgroundColor)"
    )
    assert set(light) == {"rgb(255, 255, 255)"}
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    parts = tab.evaluate(
        """[...document.querySelectorAll('section, figure, .scroll, tr')].filter(part => part.offsetHeight).map(
            part => ({kind: part.className || part.tagName, height: part.offsetHeight, width: part.scrollWidth,
                      breaks: getComputedStyle(part).breakInside}))"""
    )
    assert len(parts) > 12
    for part in parts:
        # Whatever the data: a section goes on on the next sheet, and its parts stay whole, a long table between rows.
        assert part["breaks"] == ("auto" if part["kind"] == "SECTION" else "avoid"), part
        assert part["height"] <= SHEET["height"] or part["kind"] in ("SECTION", "scroll"), part
        assert part["width"] <= SHEET["width"], part
    products, returns = (tab.locator(f"section#{name}").bounding_box() for name in ("products", "returns"))
    assert products
    assert returns
    assert products["y"] == returns["y"]
    # Tests that did not pass are printed too, expanded or not.
    expect(tab.get_by_role("table", name="Tests that did not pass")).to_be_visible()


@pytest.mark.parametrize("asked", ["recency_score", "half_life_days", "vars.rfm_rules.scoring"])
def test_search_leads_to_a_column_or_setting_and_quotes(site: Path, open_page: Open, asked: str) -> None:
    tab = open_page(NARROW)
    tab.goto(f"{(site / 'search.html').as_uri()}?q={asked}")
    name = asked.rpartition(".")[2]
    link = tab.locator("#search-results li a", has_text=name).first
    expect(link).to_be_visible()
    expect(tab.locator("#search-results li p.context mark").first).to_contain_text(re.compile(asked.replace(".", "|")))
    assert not too_wide(tab)
    link.click()
    tab.wait_for_url(f"**.{name}" if name != "recency_score" else "**#recency_score")
    target = tab.locator(":target")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text(name)


def test_headings_keep_their_order_on_a_phone_and_options_stay_whole(site: Path, open_page: Open) -> None:
    tab = open_page(NARROW)
    for name in ("index.html", "command-line.html", "docs/configuration.html", "models/customer_segmentation.html"):
        tab.goto((site / name).as_uri())
        sizes = tab.evaluate(
            "['h1', 'h2', 'h3', 'p'].map(of => document.querySelector(`article ${of}`)).filter(Boolean)"
            ".map(element => parseFloat(getComputedStyle(element).fontSize))"
        )
        assert sizes[0] == max(sizes), name
        assert sizes[:-1] == sorted(sizes[:-1], reverse=True), name
        # An option on two lines has two boxes.
        torn = tab.evaluate(
            "[...document.querySelectorAll('article .option, dl.options dt code')]"
            ".filter(option => option.getClientRects().length > 1).map(option => option.textContent)"
        )
        assert not torn, name


def test_rows_are_cards_on_a_phone(site: Path, open_page: Open) -> None:
    tab = open_page(NARROW)
    for name in ("index.html", "settings.html", "models/customer_segmentation.html"):
        tab.goto((site / name).as_uri())
        cut = tab.evaluate(
            "[...document.querySelectorAll('table.cards td')]"
            ".filter(cell => cell.getBoundingClientRect().right > innerWidth).map(cell => cell.textContent)"
        )
        assert not cut, name
        named = tab.evaluate(
            "[...document.querySelectorAll('table.cards td:empty')].filter(cell => cell.checkVisibility()).length"
        )
        assert not named, f"{name} names cells without a value"
    tab.goto((site / "docs" / "metrics" / "customer_clv.html").as_uri())
    widths = tab.evaluate(
        "[...document.querySelectorAll('article table td')].map(cell => cell.getBoundingClientRect().width)"
    )
    assert min(widths) >= 75


def test_a_page_of_a_table_prints_whole(site: Path, open_page: Open) -> None:
    tab = open_page(scheme="dark")
    tab.goto((site / "models" / "customer_segmentation.html").as_uri())
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 702, "height": 1031})
    assert not too_wide(tab)
    wide = tab.evaluate(
        "[...document.querySelectorAll('article .drawing svg, article table')]"
        ".filter(part => part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))"
    )
    assert not wide
    expect(tab.locator(".lineage-tools")).to_have_count(0)
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
