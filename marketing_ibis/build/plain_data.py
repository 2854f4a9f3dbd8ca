"""Turn frozen records into what JSON can contain, and back to equal ones, as their annotations say."""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Hints = Mapping[str, Any]
MISFIT = (TypeError, ValueError, KeyError, AttributeError)
"""What ``from_plain`` raises for a document of another form."""


def to_plain(value: Any) -> Any:
    """Return a record as dictionaries, lists, strings, numbers, booleans and None."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value) if field.compare}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: to_plain(part) for key, part in value.items()}
        return [[to_plain(key), to_plain(part)] for key, part in value.items()]
    if isinstance(value, frozenset):
        return sorted(to_plain(part) for part in value)
    if isinstance(value, Collection):
        return [to_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} is not plain data")


def from_plain(hint: Any, document: Any, **values: Any) -> Any:
    """Return the record that a document was made of; ``values`` are those of fields that it does not have.

    Raises:
        TypeError: it has another form, and so do ValueError, KeyError and AttributeError.
    """
    if is_dataclass(hint):
        return _record(hint, document, values)
    return _reader(hint)(document)


def _record(kind: Any, document: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    if document.keys() | values.keys() != hints.keys():
        raise KeyError(*sorted(document.keys() ^ (hints.keys() - values.keys())))
    return kind(**{name: _reader(hints[name])(part) for name, part in document.items()}, **values)


@lru_cache(maxsize=256)
def _hints(kind: Any) -> Hints:
    hints = get_type_hints(kind)
    # Of the fields that are not compared, a document has none, and those with a default keep it.
    return {f.name: hints[f.name] for f in fields(kind) if f.compare or f.default is f.default_factory is MISSING}


@lru_cache(maxsize=1_024)
def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return what reads a value of a type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in (str, int, float, bool, type(None)):
        return lambda part: _expect(part, hint)
    if origin is Literal:
        return lambda part: _one_of(part, arguments)
    if origin in (types.UnionType, Union):
        return lambda part: _member(part, arguments)
    if is_dataclass(hint):
        return lambda part: _record(hint, part, {})
    if hint is date:
        return date.fromisoformat
    if hint is timedelta:
        return lambda part: timedelta(seconds=part)
    if isinstance(hint, type) and issubclass(hint, tuple):
        return lambda part: hint(*part)
    if origin is tuple and arguments[1:] == (...,):
        return lambda part: tuple(map(_reader(arguments[0]), _expect(part, list)))
    if origin is tuple:
        return lambda part: tuple(_reader(kind)(each) for kind, each in zip(arguments, part, strict=True))
    if origin is frozenset:
        return lambda part: frozenset(map(_reader(arguments[0]), _expect(part, list)))
    if origin is not None and issubclass(origin, Mapping):
        return lambda part: _mapping(part, *arguments)
    raise TypeError(f"{hint} is not plain data")


def _mapping(part: Any, key: Any, value: Any) -> dict[Any, Any]:
    pairs = part.items() if isinstance(part, dict) else part
    return {_reader(key)(name): _reader(value)(content) for name, content in pairs}


def _expect(part: Any, kind: Any) -> Any:
    # True is an int to Python, and no number of a document.
    if not isinstance(part, kind) or (isinstance(part, bool) and kind is not bool):
        raise TypeError(f"{part!r} is not {kind.__name__}")
    return part


def _one_of(part: Any, allowed: Collection[Any]) -> Any:
    if part not in allowed:
        raise ValueError(part)
    return part


def _member(part: Any, members: Collection[Any]) -> Any:
    """Return ``part`` as the one of several types that it has the form of."""
    for member in members:
        if _fits(part, member):
            return _reader(member)(part)
    raise TypeError(f"{part!r} does not fit any of {members}")


def _fits(part: Any, member: Any) -> bool:
    if isinstance(member, type) and is_dataclass(member):
        return isinstance(part, dict) and part.keys() == _hints(member).keys()
    if member in (str, int, float, bool, type(None)):
        return type(part) is member
    return isinstance(part, {timedelta: float, date: str}.get(member, list))
