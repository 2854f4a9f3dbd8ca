"""The documentation site: a page for everything, working links, everything escaped."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from marketing_ibis.cli.reference import INTERNAL, settings_tables
from marketing_ibis.docs_site.pages import build_site, coverage_of
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.lineage.project import column_lineage
from marketing_ibis.project.settings import ProjectSettings, load_project
from tests.docs_site.built import pages
from tests.invocation import Run
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow


@pytest.fixture(scope="module")
def site(own_site: Path) -> Path:
    """Return the folder of the project's own site."""
    return own_site


def test_every_model_and_source_has_a_page(site: Path) -> None:
    for name, node in compiled_dataflow(GOLDEN_AS_OF).nodes.items():
        page = (site / "models" / f"{name}.html").read_text("utf-8")
        assert all(f'id="{column}"' in page for column in node.schema), name
        assert "<svg" in page
        assert f'class="nf">{name}<' in page
        engines = ("duckdb", "postgres", "redshift") if node.declaration.kind == "model" else ()
        assert all(f'id="sql-{engine}"' in page for engine in engines)


def test_a_page_shows_tests_and_the_last_build(site: Path) -> None:
    page = (site / "models" / "stg_orders.html").read_text("utf-8")
    assert "unique_stg_orders_order_id" in page.replace("<wbr>", "")
    assert re.search(r'class="status pass">pass</span>', page)
    assert re.search(r'class="status success">success</span> in [\d.]+ s, as of 2024-05-15; built \d+ \w+ \d{4}', page)
    assert re.search(r"\d+ tests: \d+ pass", page)
    assert "No two rows have the same <code>order_id</code>." in page
    assert re.search(r"\d+ of \d+ data tests run, .* of tables built ", page)
    assert re.search(r'href="raw_orders.html#cycle_name">raw_<wbr>orders.<wbr>cycle_<wbr>name</a>, unchanged', page)
    mart = (site / "models" / "customer_segmentation.html").read_text("utf-8")
    assert "<code>dbt_marketing.customer_segmentation</code>" in mart.replace("<wbr>", "")
    assert '<a href="../docs/metrics/customer_segmentation.html">docs/metrics/customer_segmentation.md</a>' in mart
    assert '<a href="../settings.html#vars.rfm_rules">' in mart
    assert re.search(r"</span> [\d,]+ rows in", mart)
    assert 'class="mark personal"' in mart


def test_every_link_leads_somewhere(site: Path) -> None:
    for page in pages(site):
        text = page.read_text("utf-8")
        for link in re.findall(r'(?:href|src|xlink:href)="([^"#?]+)', text):
            if re.match(r"[a-z]+:", link):
                continue
            assert (page.parent / link).exists(), f"{page.relative_to(site)} leads to {link}"


def test_files_for_language_models_are_part_of_the_site(site: Path) -> None:
    for name in ("llms.txt", "llms-full.txt", *(path.relative_to(site).as_posix() for path in site.rglob("*.html.md"))):
        for link in re.findall(r"\]\(<?([^)>#\s]+)", (site / name).read_text("utf-8")):
            target = (site / name).parent / link
            leads_outside = re.match(r"[a-z]+:", link) or not link.endswith((".html", ".md", ".json", ".txt"))
            assert leads_outside or target.is_file(), f"{name} leads to {link}"
    assert json.loads((site / "describe.json").read_text("utf-8"))["version"] == 1
    assert (site / "describe.schema.json").is_file()
    for name in compiled_dataflow(GOLDEN_AS_OF).nodes:
        assert (site / "models" / f"{name}.html.md").is_file()


def test_an_audience_has_its_page_and_its_place_in_the_lineage(site: Path) -> None:
    page = (site / "audiences.html").read_text("utf-8")
    section = page.partition('<section id="win_back">')[2].partition("</section>")[0].replace("<wbr>", "")
    assert '<a href="models/campaign_win_back.html">campaign_win_back</a>' in section
    assert "10% of customers, who are never exported" in section
    assert "column <code>consent</code> of" in section
    model = (site / "models" / "campaign_win_back.html").read_text("utf-8")
    assert '<a href="../audiences.html#win_back">' in model
    lineage = (site / "lineage.html").read_text("utf-8")
    assert 'data-node="audience win_back"' in lineage
    assert 'href="audiences.html#win_back"' in lineage


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = re.compile(
        r'<(?:script|img|iframe)[^>]+src="(https?:)?//|<link[^>]+rel="stylesheet"[^>]+href="(https?:)?//'
    )
    for page in pages(site):
        assert not loaded.search(page.read_text("utf-8")), page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?https?:|@import ['\"]?https?:", style.read_text("utf-8")), style.name


def search_index(site: Path) -> dict[str, Any]:
    text = (site / "searchindex.js").read_text("utf-8")
    index: dict[str, Any] = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    return index


def test_search_knows_every_column_and_setting_by_name(site: Path) -> None:
    index = search_index(site)
    names = {f"{prefix}.{entry[4]}" for prefix, entries in index["objects"].items() for entry in entries}
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    assert {f"{name}.{column}" for name, node in dataflow.nodes.items() for column in node.schema} <= names
    rules = {name: rule for name, rule in dataflow.inputs.items() if is_dataclass(rule)}
    assert {f"vars.{name}.{key.name}" for name, rule in rules.items() for key in fields(rule)} <= names
    assert {f"Project.{key.name}" for key in fields(ProjectSettings) if key.name not in INTERNAL} <= names


def test_cells_of_a_table_are_words_of_their_own(site: Path) -> None:
    known = set(search_index(site)["terms"]) | set(search_index(site)["titleterms"])
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    columns = [item for node in dataflow.nodes.values() for item in node.schema.items()]
    assert not {f"{column}{str(dtype).removeprefix('!')}".lower() for column, dtype in columns} & known
    assert not [word for word in known if re.match(r"(half_life_days|win_back_above_days)(a |time|after|[a-z])", word)]


def test_search_quotes_from_every_page(site: Path) -> None:
    text = (site / "_static" / "excerpts.js").read_text("utf-8")
    texts = json.loads(text.removeprefix("window.siteTexts = ").rstrip().removesuffix(";"))
    names = {path.relative_to(site).with_suffix("").as_posix() for path in pages(site)} - {"report", "search"}
    assert set(texts) == names
    assert "half_life_days Time decay: a touch this many days" in texts["settings"]
    assert "<" not in texts["models/customer_segmentation"].replace("<=", "")[:500]


def test_pages_of_the_project_lead_to_tables_and_settings(site: Path) -> None:
    page = (site / "docs" / "configuration.html").read_text("utf-8")
    assert 'href="../settings.html#vars.rfm_rules"' in page
    metric = (site / "docs" / "metrics" / "attribution_touchpoints.html").read_text("utf-8")
    assert 'href="../../models/attribution_touchpoints.html' in metric
    assert 'href="../../settings.html#vars.journey_rules.half_life_days"' in metric
    for text in (page, metric):
        assert not re.search(r"<a\b[^>]*>(?:(?!</a>).)*<a\b", text, re.S)


def test_the_graph_leads_to_the_models(site: Path) -> None:
    assert 'xlink:href="models/customers.html"' in (site / "index.html").read_text("utf-8")
    assert 'xlink:href="stg_customers.html"' in (site / "models" / "customers.html").read_text("utf-8")


def test_references_come_from_the_code(site: Path) -> None:
    commands = (site / "command-line.html").read_text("utf-8")
    assert all(f'id="{name}"' in commands for name in ("build", "seed", "docs-generate", "lineage", "export"))
    settings = (site / "settings.html").read_text("utf-8")
    assert all(
        f'<tr id="Project.{setting.name}">' in settings
        for setting in fields(ProjectSettings)
        if setting.name not in INTERNAL
    )
    assert all(
        f'id="vars.{name}"' in settings
        for name in compiled_dataflow(GOLDEN_AS_OF).inputs
        if name not in ("as_of", "passed_columns")
    )
    assert re.search(r'id="vars.status_rules".{,300}Used by .{,100}<a href="models/stg_orders.html">', settings, re.S)
    half_life = re.search(r'<tr id="vars.journey_rules.half_life_days">.*?</tr>', settings, re.S)
    assert half_life
    assert "<code>7</code>" in half_life[0]
    assert "Time decay: a touch this many days before the last one" in half_life[0]
    assert "<dt><code>--as-of DAY</code></dt> <dd>" in commands
    assert "Carry out a plan that <code>plan --out FILE</code> wrote." in commands
    assert "How files for <code>seed --from</code> are written" in settings


def test_settings_in_force_are_shown(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\nid_type = "string"\ngrants = ["a|b`c"]\n')
    own = settings_tables({}, {}, load_project(tmp_path))[0]
    settings = {setting.key: (setting.type, setting.default, setting.value) for setting in own.settings}
    assert settings["id_type"] == ("text", '"int64"', '"string"')
    assert settings["grants"] == ("list", "[]", '["a|b`c"]')
    assert settings["time_zone"] == ("text", '"UTC"', '"UTC"')


def test_own_pages_are_the_projects_with_their_links(site: Path) -> None:
    readme = (site / "README.html").read_text("utf-8")
    assert 'href="docs/tutorial.html"' in readme
    assert 'href="benchmarks/README.html"' in readme
    assert 'href="../how-to/export.html"' in (site / "docs" / "metrics" / "campaigns.html").read_text("utf-8")
    menu = (site / "docs" / "how-to" / "README.html").read_text("utf-8")
    places = [
        menu.index(f'class="reference internal" href="{page}.html"') for page in ("data-tests", "report", "export")
    ]
    assert places == sorted(places)


def test_artifacts_are_written_beside_it(site: Path) -> None:
    manifest = json.loads((site.parent / "manifest.json").read_text("utf-8"))
    assert "model.marketing_ibis.customer_segmentation" in manifest["nodes"]
    catalog = json.loads((site.parent / "catalog.json").read_text("utf-8"))
    assert "customer_id" in catalog["nodes"]["model.marketing_ibis.customer_segmentation"]["columns"]


def test_the_report_is_part_of_it(site: Path) -> None:
    assert (site / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert 'href="report.html"' in (site / "insights.html").read_text("utf-8")


def test_everything_is_documented() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    coverage = coverage_of(dataflow, column_lineage(dataflow))
    assert coverage.missing == ()
    assert coverage.share == 1.0


LOADED = """
import http.server, sys
heavy = {"ibis", "hamilton", "pandas", "sphinx", "altair", "duckdb", "sqlglot", "jinja2"}
http.server.ThreadingHTTPServer.serve_forever = lambda server: print("loaded:", sorted(heavy & set(sys.modules)))
from marketing_ibis.cli import main
main(["docs", "serve", "--port", "0"])
"""


HOSTILE = '''
import ibis.expr.types as ir
from marketing_ibis.data_tests import not_null
from marketing_ibis.model import column, exposure, model, source

@source(
    table="<i>t</i>", grain=("id",),
    columns=(
        column("id", "int64", "<img src=x onerror=alert(1)> & `x`"),
        column("<s>test</s>", "int64", "Tested.", tests=(not_null(),)),
    ),
)
def raw_t() -> ir.Table:
    """<script>alert("source")</script> **not bold** {{ 7 * 7 }} docs/../../etc.md ```{raw} html"""

@model(
    layer="<u>layer</u>", grain=("id",), columns=(column("id", "int64", ""), column("twice", "int64", "")),
    owner="<b>me</b>", tags=("<em>tag</em>",), materialized="view",
)
def hostile(raw_t: ir.Table) -> ir.Table:
    # </code></pre></div><script>alert("code")</script>
    return raw_t.select("id", twice=raw_t.id * 2)

reader = exposure(
    type="dashboard", owner="<b>o</b>", description="<script>alert(2)</script>", depends_on=("hostile",),
    url="javascript:alert(3)",
)
'''
MARKUP = (
    "<script>alert",
    "<img src=x",
    "<b>",
    "<i>t",
    "<u>",
    "<em>tag",
    "<s>test",
    "<strong>not bold",
    'href="javascript:',
)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Write a project in which every string is markup."""
    flows = tmp_path / "hostile_flows"
    flows.mkdir()
    (flows / "__init__.py").write_text(HOSTILE, "utf-8")
    title = '[project]\nname = "<b>*shop*</b> [x](javascript:alert)"\n'
    (tmp_path / "pyproject.toml").write_text(f'{title}[tool.marketing_ibis]\ndataflows = ["hostile_flows"]\n')
    return tmp_path / "target" / "site"


def test_markup_is_shown_as_it_is_written_and_gaps_are_named(run: Run, hostile: Path) -> None:
    output = run("docs", "generate").output
    # The inherited column has the description of its origin.
    assert "Warning: hostile has no description" in output
    assert "Warning: hostile.twice has no description" in output
    assert "Warning: hostile.id" not in output
    assert output.count("Warning") == 2
    assert "documentation coverage 66%" in output
    phases = ["Drawing the lineage of 2 tables.", "Reading the pages of 2 tables", "Writing the pages of 2 tables"]
    assert [output.count(phase) for phase in phases] == [1, 1, 1]
    assert "Nothing is built yet" in output
    assert not list(hostile.rglob("README.html"))
    for page in pages(hostile):
        text = page.read_text("utf-8")
        assert not [markup for markup in MARKUP if markup in text], page.name
    assert "&lt;script&gt;alert" in (hostile / "models" / "raw_t.html").read_text("utf-8")
    assert "nothing was built yet" in (hostile / "index.html").read_text("utf-8")


def test_strict_fails_after_writing(run: Run, hostile: Path) -> None:
    output = run("docs", "generate", "--strict", code=1).output
    assert "2 warnings with --strict" in output
    assert (hostile / "index.html").is_file()


def test_a_link_that_leads_nowhere_is_reported(run: Run, hostile: Path, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "notes.md").write_text("# Notes\n\n[away](gone.md)\n")
    output = run("docs", "generate").output
    assert re.search(r"Warning: .*notes.md:3: .*gone.md", output)
    assert (hostile / "docs" / "notes.html").is_file()


def test_clean_removes_the_site_and_what_it_was_built_from(run: Run, hostile: Path, tmp_path: Path) -> None:
    run("docs", "generate")
    (tmp_path / "target" / "mine").mkdir()
    output = run("clean").output
    assert f"{hostile.relative_to(tmp_path)}" in output
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["mine"]
    assert "Nothing to remove" in run("clean").output


def test_clean_leaves_a_folder_that_is_no_site(run: Run, hostile: Path, tmp_path: Path) -> None:
    hostile.mkdir(parents=True)
    (hostile / "index.html").write_text("mine")
    for page in (tmp_path / "docs" / "source" / "mine.md", tmp_path / "postgres" / "mine.sql"):
        page.parent.mkdir(parents=True)
        page.write_text("mine")
    for folder in ("target", "."):
        run("docs", "generate", "--target-path", folder, "--output", "pages")
        run("clean", "--target-path", folder)
    assert (hostile / "index.html").read_text() == "mine"
    assert (tmp_path / "docs" / "source" / "mine.md").read_text() == "mine"
    assert (tmp_path / "postgres" / "mine.sql").read_text() == "mine"


def test_a_folder_with_other_files_is_left_alone(run: Run, hostile: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    output = run("docs", "generate", "--output", "mine", code=2).output
    assert "mine contains other files.\nChoose an empty folder" in output
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
    output = run("docs", "generate", "--output", "pages").output
    assert output.endswith("Open it in a browser.\n")
    (tmp_path / "pages" / "models" / "dropped.html").write_text("of a model that is no more")
    run("docs", "generate", "--output", "pages")
    assert not (tmp_path / "pages" / "models" / "dropped.html").exists()
    assert not hostile.exists()


def test_a_missing_library_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "furo", None)
    with pytest.raises(ConfigurationError, match=r"furo is missing.*\n.*pip install 'marketing-ibis\[docs\]'"):
        build_site(tmp_path, tmp_path / "site", "shop")


def test_serving_needs_a_site(run: Run) -> None:
    assert "There is no site in target/site.\nWrite it: `docs generate`." in run("docs", "serve", code=2).output


def test_a_port_in_use_is_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "target" / "site").mkdir(parents=True)
    (tmp_path / "target" / "site" / "index.html").write_text("<p>here</p>")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output = run("docs", "serve", "--port", str(port), code=2).output
    assert f"Cannot listen on 127.0.0.1, port {port}: " in output
    assert f"--port {port + 1}" in output


def test_the_site_is_served_until_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "target" / "site").mkdir(parents=True)
    (tmp_path / "target" / "site" / "index.html").write_text("<p>here</p>")
    command = [sys.executable, "-m", "marketing_ibis", "docs", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            output = server.stdout.readline() if server.stdout else ""
            address = re.search(r"http://127\.0\.0\.1:\d+", output)
            assert address, output
            with urllib.request.urlopen(f"{address[0]}/index.html", timeout=10) as answer:
                assert answer.read() == b"<p>here</p>"
                assert answer.headers["Cache-Control"] == "no-cache"
            server.send_signal(signal.SIGINT)
            rest, _ = server.communicate(timeout=20)
            assert rest == "Stopped.\n"
            assert server.returncode == 0
        finally:
            server.kill()


def test_serving_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "target" / "site").mkdir(parents=True)
    (tmp_path / "target" / "site" / "index.html").write_text("<p>here</p>")
    output = subprocess.run([sys.executable, "-c", LOADED], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert output.stdout.splitlines()[-1] == "loaded: []"
