"""The documentation site: a page for everything, links that lead somewhere, nothing unescaped."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from marketing_ibis.lineage import column_lineage
from marketing_ibis.site.pages import LastBuild, coverage_of, read_last_build
from tests.invocation import Run, invoke
from tests.sources import GOLDEN, GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the project's own site, with a report and the results of a build."""
    folder = tmp_path_factory.mktemp("site")
    place = ("--target-path", str(folder), "--project-dir", str(ROOT))
    invoke("seed", "--from", str(GOLDEN), *place)
    invoke("build", "--as-of", "2024-05-15", "-q", *place)
    told = invoke("docs", "generate", "--as-of", "2024-05-15", *place).output
    assert "Warning" not in told
    assert "documentation coverage 100%" in told
    return folder / "site"


def pages(site: Path) -> list[Path]:
    return [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]


def test_every_model_and_source_has_a_page(site: Path) -> None:
    for name, node in compiled_dataflow(GOLDEN_AS_OF).nodes.items():
        page = (site / "models" / f"{name}.html").read_text("utf-8")
        assert all(f'id="{column}"' in page for column in node.schema), name
        assert "<svg" in page
        assert f'class="nf">{name}<' in page
        titles = ("DuckDB", "PostgreSQL", "Redshift") if node.declaration.kind == "model" else ()
        assert all(f"SQL for {title}" in page for title in titles)


def test_a_page_tells_tests_and_the_last_build(site: Path) -> None:
    page = (site / "models" / "stg_orders.html").read_text("utf-8")
    assert "unique_stg_orders_order_id" in page
    assert "success in" in page
    assert "as of 2024-05-15" in page
    assert re.search(r'href="raw_orders.html#cycle_name">raw_orders.cycle_name</a>, unchanged', page)


def test_every_link_leads_somewhere(site: Path) -> None:
    for page in pages(site):
        text = page.read_text("utf-8")
        for link in re.findall(r'(?:href|src|xlink:href)="([^"#?]+)', text):
            if re.match(r"[a-z]+:", link):
                continue
            assert (page.parent / link).exists(), f"{page.relative_to(site)} leads to {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = re.compile(
        r'<(?:script|img|iframe)[^>]+src="(https?:)?//|<link[^>]+rel="stylesheet"[^>]+href="(https?:)?//'
    )
    for page in pages(site):
        assert not loaded.search(page.read_text("utf-8")), page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?https?:|@import ['\"]?https?:", style.read_text("utf-8")), style.name


def test_search_knows_columns(site: Path) -> None:
    assert "promotional_spend_ratio" in (site / "searchindex.js").read_text("utf-8")


def test_the_graph_leads_to_the_models(site: Path) -> None:
    assert 'xlink:href="models/customers.html"' in (site / "index.html").read_text("utf-8")
    assert 'xlink:href="stg_customers.html"' in (site / "models" / "customers.html").read_text("utf-8")


def test_references_come_from_the_code(site: Path) -> None:
    commands = (site / "command-line.html").read_text("utf-8")
    assert all(f'id="{name}"' in commands for name in ("build", "seed", "docs-generate", "lineage", "export"))
    settings = (site / "settings.html").read_text("utf-8")
    assert "half_life_days" in settings
    assert "source_schema" in settings


def test_the_report_is_part_of_it(site: Path) -> None:
    assert (site / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert 'href="report.html"' in (site / "insights.html").read_text("utf-8")


def test_everything_is_documented() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    coverage = coverage_of(dataflow, column_lineage(dataflow))
    assert coverage.missing == ()
    assert coverage.share == 1.0


HOSTILE = '''
import ibis.expr.types as ir
from marketing_ibis.model import column, model, source

@source(table="t", grain=("id",), columns=(column("id", "int64", "<img src=x onerror=alert(1)> & `x`"),))
def raw_t() -> ir.Table:
    """<script>alert("source")</script> **not bold** {{ 7 * 7 }} ```{raw} html"""

@model(
    layer="marts", grain=("id",), columns=(column("id", "int64", ""), column("twice", "int64", "")), owner="<b>me</b>"
)
def hostile(raw_t: ir.Table) -> ir.Table:
    return raw_t.select("id", twice=raw_t.id * 2)
'''


def test_markup_is_shown_as_it_is_written_and_gaps_are_named(run: Run, tmp_path: Path) -> None:
    flows = tmp_path / "hostile_flows"
    flows.mkdir()
    (flows / "__init__.py").write_text(HOSTILE, "utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\ndataflows = ["hostile_flows"]\n')
    told = run("docs", "generate").output
    # The column that is handed on has the description of its origin.
    assert "Warning: hostile has no description" in told
    assert "Warning: hostile.twice has no description" in told
    assert "Warning: hostile.id" not in told
    assert "Nothing is built yet" in told
    for page in pages(tmp_path / "target" / "site"):
        text = page.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>me</b>" not in text
    assert "&lt;script&gt;alert" in (tmp_path / "target" / "site" / "models" / "raw_t.html").read_text("utf-8")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"results": 3}', '{"results": [1, {}]}'])
def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run_results.json").write_text(content)
    assert read_last_build(tmp_path / "run_results.json") == LastBuild()


def test_serving_needs_a_site(run: Run) -> None:
    assert "There is no site in target/site.\nWrite it first" in run("docs", "serve", code=2).output


def test_a_port_in_use_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "target" / "site").mkdir(parents=True)
    (tmp_path / "target" / "site" / "index.html").write_text("<p>here</p>")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("docs", "serve", "--port", str(port), code=2).output
    assert f"Cannot listen on port {port}" in told
    assert f"--port {port + 1}" in told


def test_the_site_is_served_to_this_machine(tmp_path: Path) -> None:
    (tmp_path / "target" / "site").mkdir(parents=True)
    (tmp_path / "target" / "site" / "index.html").write_text("<p>here</p>")
    command = [sys.executable, "-u", "-m", "marketing_ibis", "docs", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        try:
            told = server.stdout.readline() if server.stdout else ""
            address = re.search(r"http://localhost:\d+", told)
            assert address, told
            for _ in range(50):
                with urllib.request.urlopen(address[0], timeout=10) as answer:
                    assert answer.read() == b"<p>here</p>"
                    break
                time.sleep(0.1)
        finally:
            server.terminate()


def test_results_are_read_by_name(tmp_path: Path) -> None:
    row = {
        "unique_id": "model.marketing_ibis.orders", "status": "success", "execution_time": 0.5,
        "adapter_response": {"rows_affected": 7},
    }  # fmt: skip
    (tmp_path / "run_results.json").write_text(json.dumps({"args": {"as_of": "2024-05-15"}, "results": [row]}))
    build = read_last_build(tmp_path / "run_results.json")
    assert (build.as_of, build.outcomes["orders"].rows) == ("2024-05-15", 7)
