"""The command `lineage`: what it prints and draws, without a database."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.invocation import Run

SVG = "{http://www.w3.org/2000/svg}"


def test_a_table_shows_what_it_reads_and_what_reads_it(run: Run) -> None:
    output = run("lineage", "customers").output
    assert output.startswith("customers (core, table)\nreads\n  customer_segmentation\n")
    assert "read by\n  campaign_first_purchase\n" in output


def test_a_column_shows_its_way_from_the_sources(run: Run) -> None:
    output = run("lineage", "customers.customer_segment").output
    assert "comes from\n  customer_segmentation.customer_segment\n" in output
    assert "sources of its value\n  raw_orders.order_date\n  raw_orders.status\n  raw_payments.amount\n" in output


def test_json_holds_every_column(run: Run) -> None:
    record = json.loads(run("lineage", "stg_orders", "--columns", "--format", "json").output)
    assert record["version"] == 1
    (table,) = [table for table in record["tables"] if table["name"] == "stg_orders"]
    columns = {column["name"]: column for column in table["columns"]}
    assert columns["product_name"]["copies"] == "raw_orders.cycle_name"
    assert columns["order_month"]["values"] == ["raw_orders.order_date"]


@pytest.mark.parametrize("arguments", [(), ("customers",), ("customers", "--columns"), ("customers.cohort_month",)])
def test_a_drawing_is_one_self_contained_element(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run("lineage", *arguments, "--format", "svg", "--to", "drawn.svg")
    text = (tmp_path / "drawn.svg").read_text("utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title") is not None
    assert not re.search(r"(href|src)=\"https?:", text)
    drawn = {element.text for element in root.iter(f"{SVG}text")}
    assert {"customers", "raw_orders"} & drawn


def test_hamilton_draws_every_table_once(run: Run) -> None:
    dot = run("lineage", "--format", "dot").output
    names = run("ls", "--resource-type", "model").output.split()
    labelled = re.findall(r'^\s*(\w+) \[label="\1\\n(?:table|view)"', dot, re.M)
    assert sorted(labelled) == sorted(names)


def test_mermaid_is_text(run: Run) -> None:
    output = run("lineage", "-s", "+customers", "--format", "mermaid").output
    assert output.startswith("flowchart LR\n")
    assert "stg_customer_activity" not in output


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("custmers", "'custmers' is not a model or source.\nDid you mean customers"),
        ("customers.segment", "customers has no column 'segment'.\nDid you mean customer_segment"),
    ],
)
def test_an_unknown_name_gets_the_nearest(run: Run, name: str, message: str) -> None:
    assert message in run("lineage", name, code=1).output


def test_a_file_that_cannot_be_written_is_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder would have to be")
    assert "Cannot write taken/x.svg" in run("lineage", "--to", "taken/x.svg", code=2).output


def test_exposures_stand_behind_what_they_read(run: Run) -> None:
    assert "  campaign_first_purchase\n    loyalty_mailing\n    first_purchase\n" in run("lineage", "customers").output
    assert re.search(r"^loyalty_mailing +exposure +reads campaign_champions", run("lineage").output, re.M)
    exposed = json.loads(run("lineage", "orders", "--format", "json").output)["exposures"]
    assert exposed == []
    exposed = json.loads(run("lineage", "customers", "--format", "json").output)["exposures"]
    assert exposed == [{"name": "loyalty_mailing", "parents": ["campaign_champions", "campaign_first_purchase"]}]


def test_audiences_are_drawn_behind_their_model(run: Run) -> None:
    expected = [{"name": "win_back", "parents": ["campaign_win_back", "stg_customers"]}]
    assert json.loads(run("lineage", "campaign_win_back", "--format", "json").output)["audiences"] == expected
    assert json.loads(run("lineage", "orders", "--format", "json").output)["audiences"] == []
    assert re.search(r"^win_back +audience +reads campaign_win_back, stg_customers$", run("lineage").output, re.M)
    assert "win_back<br/><small>audience</small>" in run("lineage", "--format", "mermaid").output


def test_exposures_alone_have_no_lineage(run: Run) -> None:
    output = run("lineage", "-s", "exposure:loyalty_mailing", code=1).output
    assert "No table is selected: loyalty_mailing is an exposure.\nSee what it reads: --select +exposure" in output


@pytest.mark.parametrize("form", ["text", "json", "mermaid", "dot"])
def test_all_columns_of_a_selection(run: Run, form: str) -> None:
    chosen = run("lineage", "-s", "staging exposure:loyalty_mailing", "--columns", "--format", form).output
    everything = run("lineage", "--columns", "--format", form).output
    assert "payment_category" in chosen
    if form == "json":
        assert {table["layer"] for table in json.loads(chosen)["tables"]} == {"staging"}
    else:
        assert "rfm_combined_score" in everything
        assert "rfm_combined_score" not in chosen


@pytest.mark.parametrize(("ending", "start"), [("svg", "<svg"), ("json", "{"), ("mmd", "flowchart"), ("txt", "orders")])
def test_the_ending_of_the_file_decides_the_format(run: Run, tmp_path: Path, ending: str, start: str) -> None:
    run("lineage", "orders", "--to", f"x.{ending}")
    assert start in (tmp_path / f"x.{ending}").read_text("utf-8")[:300]


@pytest.mark.parametrize("name", ["customers", "customers.customer_segment"])
def test_a_name_that_the_selection_leaves_out_is_refused(run: Run, name: str) -> None:
    output = run("lineage", name, "-s", "orders", code=2).stderr
    assert "customers is not among what --select and --exclude leave." in output
    assert "read by" in run("lineage", "customers", "-s", "1+customers+1").output


def test_personal_data_is_listed_with_its_source_and_its_readers(run: Run) -> None:
    lines = run("lineage", "--pii").output.splitlines()
    assert re.fullmatch(
        r"customers\.last_name +string +declared and inherited +raw_customers\.last_name +stg_customers, \w+",
        next(line for line in lines if line.startswith("customers.last_name")),
    )
    assert re.fullmatch(
        r"raw_customers\.last_name +string +declared +- +-",
        next(line for line in lines if line.startswith("raw_customers.last_name")),
    )
    assert lines[-2:] == ["read by, as the settings grant it", "  dbt_marketing: -"]


def test_personal_data_is_narrowed_to_a_table_or_a_column(run: Run) -> None:
    record = json.loads(run("lineage", "customers.first_name", "--pii", "--format", "json").output)
    names = {f"{column['table']}.{column['name']}" for column in record["columns"]}
    assert {"raw_customers.first_name", "customers.first_name", "campaign_first_purchase.first_name"} <= names
    assert not any("last_name" in name for name in names)
    assert record["readers"] == {"schema": "dbt_marketing", "grants": [], "masked": None}
    nothing = json.loads(run("lineage", "orders", "--pii", "-s", "orders", "--format", "json").output)
    assert (nothing["columns"], nothing["computed"]) == ([], [])
    assert run("lineage", "-s", "orders", "--pii").output == "No column contains personal data.\n"


@pytest.mark.parametrize("format", ["svg", "dot", "mermaid"])
def test_personal_data_is_drawn(run: Run, format: str) -> None:
    drawn = run("lineage", "--pii", "--format", format).output
    assert "first_name" in drawn
    assert "campaign_first_purchase" in drawn
    assert "product_name" not in drawn


def test_personal_data_is_columns_already(run: Run) -> None:
    assert "--pii shows columns already" in run("lineage", "--pii", "--columns", code=2).output
