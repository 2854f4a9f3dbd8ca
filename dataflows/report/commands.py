"""The commands that write the rows which the report only counts or does not list."""

from __future__ import annotations

from marketing_ibis.report.wording import slug

BEST_FIRST = "total_revenue desc"
"""The order of lists in which those who have paid most come first."""
TITLE = "To write the customers themselves to a file, run in a terminal (neither this page nor its CSV has them):"


def export_command(name: str, *, column: str = "", value: str = "", order_by: str = "", flags: str = "") -> str:
    """Return the command that exports a table or audience, only the rows where ``column`` is ``value`` if named.

    ``order_by`` are the columns by which rows are ordered.
    """
    quoted = value.replace("'", "''")
    if column:
        return export_rows(name, f"{column} = '{quoted}'", value, order_by)
    return f"marketing-ibis export {name} --to {name}.csv{flags}"


def export_rows(name: str, condition: str, label: str, order_by: str = "") -> str:
    """Return the command that exports the rows of a table that meet ``condition``, to a file named by ``label``."""
    order = f' --order-by "{order_by}"' if order_by else ""
    return f'marketing-ibis export {name} --where "{condition}"{order} --to {slug(label)}.csv'
