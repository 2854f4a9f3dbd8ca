"""Decide which parents a model has by the settings that it needs them for."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping

from marketing_ibis.errors import CompileError

SETTING = re.compile(r"vars\.\w+|sources\.\w+\.pass_through")
"""A setting that a parent may depend on: the thresholds of rules, or the further columns of a source."""


def check_optional_parents(relation: str, function: Callable[..., object], optional_parents: Mapping[str, str]) -> None:
    """Stop where an optional parent is not a parameter that may be None, or depends on what is not a setting.

    Raises:
        CompileError: naming the parent.
    """
    if not isinstance(optional_parents, dict):
        raise CompileError(
            f"{relation}: optional_parents= is {optional_parents!r}.",
            hint='Write optional_parents={"raw_orders": "vars.guest_rules"}.',
        )
    parameters = inspect.signature(function).parameters if optional_parents else {}
    for parent, setting in optional_parents.items():
        if parent not in parameters or parameters[parent].default is not None:
            raise CompileError(
                f"{relation}: optional_parents= names {parent}, which is not a parameter that may be None.",
                hint=f"Write {parent}: ir.Table | None = None.",
            )
        if not isinstance(setting, str) or not SETTING.fullmatch(setting):
            raise CompileError(
                f"{relation}: optional_parents= has {setting!r} for {parent}, which is not a setting.",
                hint='Write "vars.RULES" or "sources.SOURCE.pass_through".',
            )


def unused_parents(optional_parents: Mapping[str, str], settings: Collection[str]) -> frozenset[str]:
    """Return the optional parents whose setting is not among those in use."""
    return frozenset(parent for parent, setting in optional_parents.items() if setting not in settings)
