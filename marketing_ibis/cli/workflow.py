"""Carry out the steps of a command, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from click.exceptions import Exit

Steps = tuple[Callable[[Any], object], ...]
"""Functions of which each takes what the one before it returned."""


def run_steps(steps: Iterable[Callable[[Any], object]], first: object) -> None:
    """Give the first step ``first``, and each other one what the last returned, until one returns an exit code.

    Raises:
        Exit: the exit code is not 0.
    """
    held = first
    for step in steps:
        held = step(held)
        if isinstance(held, int):
            break
    if isinstance(held, int) and held:
        raise Exit(held)
