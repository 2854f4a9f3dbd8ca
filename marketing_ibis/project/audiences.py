"""Read the audiences of a project from the text of its files, without importing them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.model.audiences import DESTINATIONS, Audience
from marketing_ibis.project.keywords import Rule, read_keywords
from marketing_ibis.project.model_files import constants_of, display_path, python_files

WORD = "audience"
_STRING = Rule("a string", lambda value: isinstance(value, str))
_TEXT = Rule("a string that is not empty", lambda value: isinstance(value, str) and value.strip() != "")
RULES: Mapping[str, Rule] = {
    "model": _TEXT,
    "consent": _TEXT,
    "owner": _TEXT,
    "description": _TEXT,
    "identifiers": Rule(
        "a tuple of strings", lambda value: isinstance(value, tuple | list) and all(isinstance(v, str) for v in value)
    ),
    "destination": Rule(f"one of {', '.join(DESTINATIONS)}", lambda value: value in DESTINATIONS),
    "condition": _STRING,
    "min_size": Rule("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "holdout": Rule(
        "a share such as 0.1", lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    ),
    "expires": _STRING,
    "contacts": _TEXT,
    "key": _TEXT,
    "orders": _TEXT,
    "order_condition": _STRING,
    "value": _STRING,
}
"""The keywords of ``audience(...)``, and what each must be."""
REQUIRED = {
    "model": "The list is made of its rows.",
    "consent": "Name the boolean column that says who agreed: a list without consent is refused.",
    "owner": "",
    "description": "",
}


@dataclass(frozen=True, slots=True)
class DeclaredAudience:
    """An audience with its name, and the file and line where it is declared."""

    name: str
    audience: Audience
    path: str
    line: int

    @property
    def models(self) -> tuple[str, ...]:
        """The models that it reads: that of its customers, and that of their contacts."""
        return tuple(dict.fromkeys((self.audience.model, self.audience.contacts)))


@dataclass(frozen=True, slots=True)
class AudienceSize:
    """How many customers an audience has today, without who they are.

    ``contactable`` are those who agreed and have an e-mail address or phone number; None if ``missing`` columns leave
    that unknown. ``value`` is that of these customers, or else of all; None where the audience declares none.
    ``problem`` says why nothing could be counted. ``is_clear`` says that its export needs --include-pii. ``exported``
    and ``held_out`` are those of the last export.
    """

    declared: DeclaredAudience
    customers: int = 0
    contactable: int | None = None
    value: Decimal | None = None
    missing: tuple[str, ...] = ()
    problem: str = ""
    is_clear: bool = False
    exported_at: datetime | None = None
    exported: int = 0
    held_out: int = 0


def discover_audiences(packages: Sequence[Path], root: Path | None = None) -> dict[str, DeclaredAudience]:
    """Return the audiences in the files of ``packages``, by name.

    Raises:
        ConfigurationError: a keyword is missing, unknown or invalid, or two audiences have one name.
    """
    audiences: dict[str, DeclaredAudience] = {}
    for file in python_files(packages):
        content = file.read_bytes()
        if f"{WORD}(".encode() not in content:
            continue
        for declared in _audiences_of(content, display_path(file, root)):
            first = audiences.setdefault(declared.name, declared)
            if first is not declared:
                raise ConfigurationError(
                    f"The audience {declared.name} is declared in {first.path}:{first.line} and in"
                    f" {declared.path}:{declared.line}.",
                    hint="Rename one of them.",
                )
    return audiences


def check_audiences(audiences: Mapping[str, DeclaredAudience], nodes: Collection[str], models: Collection[str]) -> None:
    """Stop at an audience with the name of a node, or one of a model that does not exist.

    Raises:
        ConfigurationError: naming the audience, with its file and line.
    """
    for name, declared in audiences.items():
        place = f"{declared.path}:{declared.line}"
        if name in nodes:
            raise ConfigurationError(
                f"{place}: {name} is also a model, source or exposure.", hint="Rename one of them."
            )
        for model in declared.models:
            if model not in models:
                raise ConfigurationError(
                    f"{place}: {name} depends on {model}, which is not a model.", hint=nearest(model, models)
                )


def _audiences_of(content: bytes, path: str) -> list[DeclaredAudience]:
    constants: dict[str, ast.expr] = {}
    declared = []
    for statement in ast.parse(content, filename=path).body:
        constants |= constants_of(statement)
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="audience")) as call):
                declared.append(_audience(name, call, constants, path))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(attr="audience")) as call):
                declared.append(_audience(name, call, constants, path))
    return declared


def _audience(name: str, call: ast.Call, constants: Mapping[str, ast.expr], path: str) -> DeclaredAudience:
    place = f"{path}:{call.lineno}: {name}"
    keywords = read_keywords(call, constants, path, RULES, RULES)
    for keyword, hint in REQUIRED.items():
        if keyword not in keywords:
            raise ConfigurationError(f"{place} needs {keyword}= in its audience(...).", hint=hint)
    values = {**keywords, "identifiers": tuple(keywords.get("identifiers", ("email",)))}  # type: ignore[arg-type]
    try:
        audience = Audience(**values)  # type: ignore[arg-type]
    except ConfigurationError as error:
        raise ConfigurationError(f"{place}: {error.message}", hint=error.hint) from error
    return DeclaredAudience(name, audience, path, call.lineno)
