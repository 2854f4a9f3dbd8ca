"""Print what a shell needs to complete commands, options and names of models."""

from __future__ import annotations

from dataclasses import dataclass

import click
from click.shell_completion import get_completion_class

from marketing_ibis.cli.options import examples, takes
from marketing_ibis.cli.workflow import Steps, run_steps

PROGRAM = "marketing-ibis"
VARIABLE = "_MARKETING_IBIS_COMPLETE"
SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True, slots=True)
class CompletionParameters:
    """What ``completion`` is called with."""

    shell: str


@click.command(
    "completion",
    epilog=examples(
        "completion bash >> ~/.bashrc",
        "completion zsh >> ~/.zshrc",
        "completion fish >> ~/.config/fish/config.fish",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@takes(CompletionParameters)
def command(parameters: CompletionParameters) -> None:
    """Print a shell's completion script."""
    run_steps(STEPS, parameters)


def print_script(parameters: CompletionParameters) -> None:
    """Print what the shell reads."""
    kind = get_completion_class(parameters.shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {parameters.shell}.")
    click.echo(kind(click.get_current_context().find_root().command, {}, PROGRAM, VARIABLE).source())


STEPS: Steps = (print_script,)
