"""Print tables in Markdown so that they fit the terminal."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markdown import Markdown

MEANING = """\
Medians of {rounds} rounds on {cores} cores. A column with x has multiples of {baseline} in the same round; the last one
has those of the last measurement with --save.
"""


def print_table(text: str) -> None:
    """Print Markdown: formatted to the width of a terminal, as it is into a file."""
    if sys.stdout.isatty():
        Console().print(Markdown(text))
    else:
        print(text)
