"""The command line: each command loads the project, selects, plans and acts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from click.exceptions import Exit

from marketing_ibis import __version__
from marketing_ibis.cli.command_list import ALIASES, COMMANDS
from marketing_ibis.errors import MarketingIbisError, NothingChanged, nearest

CANCELLED, CANCELLED_CODE = "Cancelled. Tables that were published before are unchanged.", 130
"""The message and exit code after Ctrl-C: by convention 128 plus the number of the signal."""

EXAMPLES = """\b
Examples:
  marketing-ibis init shop                 start a project of your own
  marketing-ibis seed --from exports       load the source tables from files
  marketing-ibis build --demo              every table from generated data
  marketing-ibis run --as-of 2024-05-15    rebuild as of a day
  marketing-ibis run -s +marts             a layer and all that it depends on
  marketing-ibis ls -s tag:daily           list what a selection matches
  marketing-ibis compile -s marts          the SQL of a layer

\b
Exit codes:
  0    done
  1    a model, a data test, a source or a selection failed
  2    the call, the configuration or the connection is wrong
  3    build --fresh-only skipped models of sources that are too old
  75   temporary: a lost connection or a lock; the same call may succeed later
  130  cancelled with Ctrl-C
"""


@contextmanager
def _cancellable() -> Iterator[None]:
    """Report Ctrl-C and exit with its code. There is nothing to report while the call is read.

    Click would print "Aborted!" instead: it turns every Ctrl-C into an error of its own before ``main`` returns.
    """
    try:
        yield
    except KeyboardInterrupt:
        _print_traceback()
        if click.get_current_context(silent=True):
            from marketing_ibis.cli.output.log import current_log

            current_log().stop(CANCELLED, CANCELLED_CODE)
        raise Exit(CANCELLED_CODE) from None


class Commands(click.Group):
    """A group of commands that reports a failure in one message and exits with its code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"marketing_ibis.cli.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; name the nearest when there is none."""
        args = [*(ALIASES.get(name, name) for name in args[:1]), *args[1:]]
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from marketing_ibis.cli.dbt_words import command_hint

            hint = command_hint(args[0]) or nearest(args[0], COMMANDS)
            ctx.fail(f"No such command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)

    @_cancellable()
    def make_context(self, *args: Any, **keywords: Any) -> click.Context:
        """Read the call."""
        return super().make_context(*args, **keywords)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command; most belong after it."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _with_hint(error) from error

    @_cancellable()
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn an error of this package into a message on stderr."""
        # Whatever runs prints; help does not.
        from marketing_ibis.cli.output.log import current_log

        try:
            result = super().invoke(ctx)
            _send_alerts()
            current_log().finish()
            return result
        except click.NoSuchOption as error:
            raise _with_hint(error) from error
        except click.UsageError as error:
            hint = _selectors_hint(error)
            if not hint:
                raise
            raise click.UsageError(f"{error.message}{hint}", error.ctx) from error
        except NothingChanged as error:
            current_log().emit("note", str(error), err=True)
            current_log().finish()
            ctx.exit(error.exit_code)
        except MarketingIbisError as error:
            _print_traceback()
            current_log().fail(error)
            _send_alerts(error)
            ctx.exit(error.exit_code)


def _print_traceback() -> None:
    if "--debug" in sys.argv[1:]:
        import traceback

        traceback.print_exc()


def _send_alerts(error: MarketingIbisError | None = None) -> None:
    """Send the alerts of --notify; if that fails, print a warning."""
    from marketing_ibis.cli.output.log import ALERTS_KEY, current_log

    if ALERTS_KEY not in click.get_current_context().meta:
        return
    from marketing_ibis.cli.alerts import send_alerts

    for name, reason in send_alerts(error).items():
        current_log().warn(f"The alert to {name} was not sent: {reason}.")


def _with_hint(error: click.NoSuchOption) -> click.UsageError:
    """Add what to write instead to the error of an option of dbt, or of one in the wrong place."""
    from marketing_ibis.cli.dbt_words import option_hint

    hint = option_hint(error, {"--select", "-s", *(option for names in _all_options() for option in names)})
    return click.UsageError(f"{error.message} {hint}", error.ctx) if hint else error


def _all_options() -> Iterator[list[str]]:
    for name in ("build", "docs", "seed"):
        command: click.Command = import_module(f"marketing_ibis.cli.commands.{name}").command
        yield from (parameter.opts for parameter in command.params)


def _selectors_hint(error: click.UsageError) -> str:
    """Return how several selectors are written, where a command that takes them was given one word too many."""
    takes_selectors = error.ctx is not None and any(
        parameter.name == "select" for parameter in error.ctx.command.params
    )
    is_extra = error.message.startswith("Got unexpected extra argument")
    return '\nSeveral selectors: -s "a b" or -s a -s b.' if takes_selectors and is_extra else ""


@click.group(
    cls=Commands, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, message="marketing-ibis %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Build, test and document marketing models on DuckDB, PostgreSQL and Redshift."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False
