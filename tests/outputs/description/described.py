"""The description of the project's own tables, made once."""

from __future__ import annotations

from functools import cache

from marketing_ibis.lineage.project import column_lineage
from marketing_ibis.outputs.description import Description, describe_project
from marketing_ibis.project.settings import ProjectSettings, load_project
from tests.paths import ROOT
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow


@cache
def own_project() -> ProjectSettings:
    """Return the settings of this project."""
    return load_project(ROOT)


@cache
def own_description() -> Description:
    """Return the description of this project."""
    project = own_project()
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    lineage = column_lineage(dataflow)
    return describe_project(project, project.nodes(), dataflow, project.audiences(), lineage, GOLDEN_AS_OF)
