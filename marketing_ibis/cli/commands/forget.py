"""Delete a person from everything that this package keeps."""

from __future__ import annotations

import click

from marketing_ibis.cli.options import (
    database_option,
    examples,
    log_options,
    project_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.steps.forgetting import (
    ForgetParameters,
    confirm_deletion,
    forget_customers,
    open_forgetting,
    report_deletion,
)
from marketing_ibis.cli.workflow import Steps, run_steps


@click.command(
    "forget",
    epilog=examples(
        "forget --customer 42 --dry-run     what would be deleted",
        "forget --customer 42 --customer 43 --yes  delete without a question",
    ),
)
@click.option(
    "--customer", "customers", multiple=True, required=True, metavar="ID", help="Key of the customer; repeatable."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted.")
@click.option("-y", "--yes", is_flag=True, help="Delete without a question.")
@click.option("--source", metavar="SOURCE", default="", help="Source of customers, where the project has several.")
@log_options
@database_option
@target_options
@vars_option
@project_options
@takes(ForgetParameters)
def command(parameters: ForgetParameters) -> None:
    """Delete a person from everything that this package keeps.

    The rows of a customer, and of what belongs to one, are deleted from published tables, snapshots, histories,
    published lists of audiences and stored failures, all in one transaction. The source tables belong to the shop:
    delete the customer there first. If the sources still have the customer, the exit code is 1, as the next build
    brings the rows back.

    A receipt without names is written to the folder forgotten of the target path.
    """
    run_steps(STEPS, parameters)


STEPS: Steps = (open_forgetting, confirm_deletion, forget_customers, report_deletion)
