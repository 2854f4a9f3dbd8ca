"""Carry out the steps of a command, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from click.exceptions import Exit

Steps = tuple[Callable[[Any], object], ...]
"""Functions of which each takes what the one before it returned."""


def run_steps(steps: Iterable[Callable[[Any], object]], initial: object) -> None:
    """Give the first step ``initial``, and each other one what the last returned, until one returns an exit code.

    Raises:
        Exit: the exit code is not 0.
    """
    value = initial
    for step in steps:
        value = step(value)
        if isinstance(value, int):
            break
    if isinstance(value, int) and value:
        raise Exit(value)
