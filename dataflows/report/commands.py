"""The commands that write the rows which the report only counts or does not list."""

from __future__ import annotations

from marketing_ibis.report.wording import slug

TITLE = "To write the customers themselves to a file, run in a terminal (neither this page nor its CSV has them):"


def export_command(name: str, *, column: str = "", value: str = "", flags: str = "") -> str:
    """Return the command that exports a table or audience, only the rows where ``column`` is ``value`` if named."""
    quoted = value.replace("'", "''")
    if column:
        return export_rows(name, f"{column} = '{quoted}'", value)
    return f"marketing-ibis export {name} --to {name}.csv{flags}"


def export_rows(name: str, condition: str, label: str) -> str:
    """Return the command that exports the rows of a table that meet ``condition``, to a file named by ``label``."""
    return f'marketing-ibis export {name} --where "{condition}" --to {slug(label)}.csv'
