"""A metric page lists the values that differ in this project."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from marketing_ibis.cli.reference import settings_tables
from marketing_ibis.docs_site.pages.names import page_notes
from marketing_ibis.project.settings import ProjectSettings, load_project
from tests.sources import GOLDEN_AS_OF

RULES = {"status_rules": {"successful": ["paid", "<b>"]}, "campaign_rules": {"win_back_above_days": 90}}


def notes(project: ProjectSettings) -> dict[str, str]:
    dataflow, nodes = project.compile(GOLDEN_AS_OF), project.nodes()
    facts = SimpleNamespace(
        tables=dataflow.nodes,
        nodes=nodes,
        root=project.root,
        home=project.root,
        rules=frozenset(dataflow.inputs),
        settings=settings_tables(dataflow.inputs, nodes, project),
    )
    return page_notes(facts)  # type: ignore[arg-type]


def test_a_page_of_metrics_names_the_values_in_force() -> None:
    project = load_project()
    assert not any("others" in note for note in notes(project).values())
    changed = notes(replace(project, vars=RULES))
    segments, campaigns = changed["docs/metrics/customer_segmentation"], changed["docs/metrics/campaigns"]
    # The rules of which orders count affect every table that is built from them.
    for note in (segments, campaigns):
        assert (
            "<code>vars.status_rules.successful</code> is <code>[&quot;paid&quot;, &quot;&lt;b&gt;&quot;]</code>"
            in note
        )
    assert "<code>vars.campaign_rules.win_back_above_days</code> is <code>90</code>, not <code>60</code>" in campaigns
    assert "campaign_rules" not in segments
