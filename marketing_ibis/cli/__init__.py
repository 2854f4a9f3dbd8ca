"""The command line: each command loads the project, selects, plans and acts."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import click

from marketing_ibis import __version__
from marketing_ibis.cli import commands
from marketing_ibis.cli.console import show_error
from marketing_ibis.errors import MarketingIbisError

COMMANDS = tuple(sorted(module.name for module in iter_modules(commands.__path__)))
"""Each is the ``command`` of the module of its name, imported when it is called or listed."""

EXAMPLES = """\b
Examples:
  marketing-ibis build --demo                      generated data in, every table out
  marketing-ibis seed --from exports               load customers, orders and payments
  marketing-ibis run --as-of 2024-05-15            rebuild as of a day
  marketing-ibis run -s +customer_segmentation     one model and all that it reads
  marketing-ibis ls -s marts                       what a selection means
  marketing-ibis compile -s product_performance    the SQL of one model
"""


class Commands(click.Group):
    """A group of commands that tells a failure in one message and exits with its code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"marketing_ibis.cli.commands.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn an error of this package into a message on stderr."""
        try:
            return super().invoke(ctx)
        except MarketingIbisError as error:
            if "--debug" in sys.argv[1:]:
                raise
            show_error(error.message, error.hint)
            ctx.exit(error.exit_code)


@click.group(
    cls=Commands, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, message="marketing-ibis %(version)s")
def main() -> None:
    """Build the shop's marketing models: segments, products, cohorts and channels."""
