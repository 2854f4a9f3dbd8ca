"""The commands that write the customers whom the report only counts."""

from __future__ import annotations

from marketing_ibis.report.wording import slug

TITLE = "To write the customers themselves to a file, run in a terminal (neither this page nor its CSV has them):"


def export_command(name: str, *, column: str = "", value: str = "", flags: str = "") -> str:
    """Return the command that exports a table or audience, only the rows where ``column`` is ``value`` if named."""
    quoted = value.replace("'", "''")
    condition = f"{column} = '{quoted}'"
    where = f' --where "{condition}"' if column else ""
    return f"marketing-ibis export {name}{where} --to {slug(value) if column else name}.csv{flags}"
