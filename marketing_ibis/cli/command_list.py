"""List the commands with what each does, so that help imports none of them."""

from __future__ import annotations

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "apply": "Carry out a plan that `plan --out FILE` wrote.",
    "build": "Build, test and publish models.",
    "clean": "Remove compiled SQL, records and the site, but no data.",
    "clone": "Copy published tables from another schema.",
    "compile": "Write the SQL of models and the manifest, without a database.",
    "completion": "Print a shell's completion script.",
    "debug": "Check the settings, the dataflow and the connection.",
    "describe": "Describe sources, models, audiences and exposures.",
    "diff": "Compare the tables of two builds, A and B.",
    "docs": "Build the documentation site, and serve it.",
    "export": "Write a published model, or an audience's list, to a file.",
    "forget": "Delete a person from everything that this package keeps.",
    "freshness": "Report the age of each source's newest data.",
    "init": "Start a project of your own in DIRECTORY.",
    "lineage": "Show the lineage of a table or column.",
    "ls": "List sources, models, exposures, audiences or data tests.",
    "plan": "Show which models a build would change, and why.",
    "profile": "Show the engine's plan of a MODEL, the slowest parts first.",
    "report": "Write a report of the published tables.",
    "retry": "Repeat what failed or was skipped last time.",
    "run": "Build models and publish them together.",
    "seed": "Fill the source tables with generated data, or from files.",
    "semantics": "Write measures, dimensions and joins for BI tools.",
    "show": "Show rows of a MODEL or of an expression, and publish nothing.",
    "snapshot": "Record changes of the sources, or models as of earlier days.",
    "sources": "Look at a shop's own tables before they are mapped.",
    "test": "Run the data tests of the published tables and of the sources.",
}
"""Each name is that of the module in ``commands`` that has its ``command``; its sentence is the first of its help."""

ALIASES = {"list": "ls"}
"""What dbt calls a command besides, which help does not list."""
