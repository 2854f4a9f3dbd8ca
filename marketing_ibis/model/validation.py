"""Refuse what no declaration may say; the line that says it is the innermost one of the project's own."""

from __future__ import annotations

import difflib
import inspect
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, get_args

from marketing_ibis.errors import CompileError, nearest
from marketing_ibis.model.vocabulary import THRESHOLD, Severity

COMMON_TYPES = ("boolean", "date", "decimal(18, 2)", "float64", "id", "int64", "string", "timestamp")
"""What a mistyped type is answered with."""

TEST_NAME = re.compile(r"\w[\w.-]*")
LONGEST_TEST_NAME = 200
"""Bytes that leave room for an ending where a file system ends a name at 255."""

ENGINE, PYTHON = Path(__file__).parents[1], Path(traceback.__file__).parent

UNKNOWN_KEYWORD = re.compile(
    r"(?P<function>\w+)(\.__init__)?\(\) got an unexpected keyword argument '(?P<keyword>\w+)'"
)
"""What Python says of a call with a keyword that the function does not have."""

T = TypeVar("T")


def tuple_of(kind: type[T], keyword: str, value: object, example: str) -> tuple[T, ...]:
    """Return the value of a keyword as a tuple.

    Raises:
        CompileError: it is one thing instead of a tuple, or contains something that is not a ``kind``.
    """
    if isinstance(value, (str, kind)) or not isinstance(value, Iterable):
        raise _no_tuple(keyword, value, example)
    items = tuple(value)
    for item in items:
        if not isinstance(item, kind):
            raise CompileError(f"{keyword}= contains {_describe(item)}.", hint=f"Write {keyword}=({example}, ...).")
    return items


def values_of(keyword: str, value: Iterable[T], example: str) -> tuple[T, ...]:
    """Return the values of a keyword, to be compared with those of a column.

    Raises:
        CompileError: they are one value instead of a tuple, there are none, or None is one, which equals nothing.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise _no_tuple(keyword, value, example)
    values = tuple(value)
    if not values:
        raise CompileError(f"{keyword}= is empty.", hint=f"Write {keyword}=({example}, ...).")
    if None in values:
        raise CompileError(f"{keyword}= contains None.", hint="Remove it: NULL passes every test except not_null().")
    return values


def words_from(
    function: Callable[..., Mapping[str, str]], inputs: Mapping[str, object], column: str
) -> Mapping[str, str]:
    """Return the words that ``function`` has for ``inputs``, which its parameters name.

    Raises:
        CompileError: a parameter is not among the inputs, or the function does not return a string for each word.
    """
    parameters = inspect.signature(function).parameters
    for name in parameters:
        if name not in inputs:
            raise CompileError(
                f"Column {column}: each= has a parameter {name}, which is not an input.", hint=nearest(name, inputs)
            )
    with project_code(f"Column {column}"):
        words = function(**{name: inputs[name] for name in parameters})
    if not isinstance(words, Mapping) or not all(isinstance(word, str) for pair in words.items() for word in pair):
        raise CompileError(f"Column {column}: each= does not return words.", hint='Return {"word": "its text"}.')
    return words


def _no_tuple(keyword: str, value: object, example: str) -> CompileError:
    return CompileError(
        f"{keyword}= is {_describe(value)}, not a tuple.",
        hint=f"Write it as in {keyword}=({example},): the comma makes a tuple.",
    )


def check_type(column: str, type_: object, keys: str) -> None:
    """Stop at a column's type that is invalid; ``keys`` is the type of key columns.

    Raises:
        CompileError: naming the column, the type and the nearest one.
    """
    if not isinstance(column, str) or not column:
        raise CompileError(
            f"A column name must be a string, not {column!r}.", hint='Write column("name", "int64", "What it is.").'
        )
    if not isinstance(type_, str):
        raise CompileError(
            f"Column {column}: the type must be a string, not {_describe(type_)}.", hint='Write it as "int64".'
        )
    if type_ != keys and not _is_type(type_):
        raise CompileError(f"Column {column}: unknown type {type_!r}.", hint=nearest(type_, COMMON_TYPES))


def check_columns(relation: str, columns: Sequence[str]) -> None:
    """Stop where a relation has no columns, or two of one name.

    Raises:
        CompileError: naming the relation and the column.
    """
    if not columns:
        raise CompileError(
            f"{relation} declares no columns.", hint='Write columns=(column("name", "int64", "..."), ...).'
        )
    names: dict[str, str] = {}
    for name in columns:
        # DuckDB and Redshift tell no upper from lower case.
        duplicate = names.get(name.lower())
        if duplicate is not None:
            problem = (
                f"the column {name} twice"
                if duplicate == name
                else f"the columns {duplicate} and {name}, which are one"
            )
            raise CompileError(f"{relation} declares {problem}.", hint="Rename or remove one of them.")
        names[name.lower()] = name


def check_members(relation: str, keyword: str, names: Iterable[str], columns: Sequence[str]) -> None:
    """Stop where a keyword names something that is not a column of the relation.

    Raises:
        CompileError: naming the relation, the keyword and the nearest column.
    """
    for name in names:
        if name not in columns:
            raise CompileError(
                f"{relation}: {keyword}= names {name}, which is not one of its columns.", hint=nearest(name, columns)
            )


def check_test(test: str, name: object, severity: object, thresholds: Iterable[object]) -> None:
    """Stop at a data test whose options would have it ask, or stop, something else than what is written.

    Raises:
        CompileError: naming the test, the option and how to write it.
    """
    label = f"Test {name or test}"
    if severity not in get_args(Severity):
        raise CompileError(
            f"{label}: severity= is {_describe(severity)}.",
            hint="Write " + " or ".join(f'"{level}"' for level in get_args(Severity)) + ".",
        )
    for threshold in thresholds:
        if not isinstance(threshold, str) or not THRESHOLD.fullmatch(threshold):
            raise CompileError(
                f"{label}: {_describe(threshold)} is not a valid threshold.",
                hint='Write a comparison with a number of failures, such as ">10" or "!=0".',
            )
    if name != "":
        _check_test_name(name)


def _check_test_name(name: object) -> None:
    # It names a file, and a table of failing rows.
    if not isinstance(name, str) or not TEST_NAME.fullmatch(name):
        raise CompileError(
            f"{_describe(name)} is not a valid name for a test.", hint="Use only letters, digits, _, - and . in name=."
        )
    if len(name.encode()) > LONGEST_TEST_NAME:
        raise CompileError(
            f"The name of test {name} has {len(name.encode())} bytes, and may have {LONGEST_TEST_NAME}.",
            hint='Give it a shorter one: name="...".',
        )


def check_number(keyword: str, value: object, example: str) -> None:
    """Stop where ``value`` is not a whole number.

    Raises:
        CompileError: naming the keyword and showing how it is written.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise CompileError(f"{keyword} is {_describe(value)}, not a whole number.", hint=f"Write {example}.")


def check_callable(keyword: str, value: object, example: str) -> None:
    """Stop where ``value`` is not a function.

    Raises:
        CompileError: naming the keyword and showing how it is written.
    """
    if not callable(value):
        raise CompileError(f"{keyword} is {_describe(value)}, not a function.", hint=f"Write {example}.")


@contextmanager
def project_code(label: str) -> Iterator[None]:
    """Tell, with its line, whatever a function of the project raises; a ``sys.exit()`` in it ends no command.

    Raises:
        CompileError: ``label`` cannot be built.
    """
    try:
        yield
    except (Exception, SystemExit) as error:  # what the project's own code raises is not known beforehand
        line = place_of(error)
        see, advice = f"See {line}." if line else "", advice_for(error)
        message = f"{label} cannot be built: {type(error).__name__}: {error}"
        raise CompileError(message, hint=" ".join(filter(None, (see, advice)))) from error


MISSING_COLUMN = re.compile(r"Column '(?P<name>[^']*)' is not found in table\. Existing columns: (?P<known>.*)")
MISSING_ATTRIBUTE = re.compile(r"object has no attribute '(?P<name>[^']*)'")
BY_PARAMETER = "A model depends on another model or a source by a parameter: def name(stg_orders: ir.Table)."
BY_RULES = "Take settings from a dataclass as a parameter's default; [tool.marketing_ibis.vars] changes them."
DBT_NAMES: Mapping[str, str] = {
    "ref": BY_PARAMETER,
    "source": BY_PARAMETER,
    "dbt": BY_PARAMETER,
    "var": BY_RULES,
    "config": "Write it to the decorator: @model(materialized=..., tags=...).",
    "env_var": BY_RULES,
}
"""Names that dbt gives to models, and what to write instead."""


def advice_for(error: BaseException) -> str:
    """Return what to write in place of a habit that cannot work in a model, "" for other errors."""
    if isinstance(error, NameError) and str(error.name) in DBT_NAMES:
        return DBT_NAMES[str(error.name)]
    if "unbound tables" in str(error):
        frames = traceback.extract_tb(error.__traceback__)
        calls = [frame.name for frame in frames[_last_of_user(frames) + 1 :]]
        call = f".{calls[0]}()" if calls else "it"
        return (
            f"A model describes a table that has no rows yet, so {call} cannot run in it: "
            "return the Ibis expression, and `export` writes its rows."
        )
    return _nearest_name(error)


def _nearest_name(error: BaseException) -> str:
    """Return which column or method of an Ibis expression a mistyped one may mean, "" if none is near."""
    if match := MISSING_COLUMN.search(str(error)):
        name, candidates = match["name"], re.findall("'([^']*)'", match["known"])
    elif match := MISSING_ATTRIBUTE.search(str(error)):
        # Ibis raises it in a method of the expression, where Python does not note the object.
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        owner = getattr(error, "obj", None)
        owner = frames[-1].f_locals.get("self") if owner is None and frames else owner
        if not type(owner).__module__.startswith("ibis."):
            return ""
        name, columns = match["name"], list(getattr(owner, "columns", ()))
        candidates = [*columns, *(attribute for attribute in dir(owner) if not attribute.startswith("_"))]
    else:
        return ""
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else ""


def _last_of_user(frames: Sequence[traceback.FrameSummary]) -> int:
    return max((number for number, frame in enumerate(frames) if _is_users(frame.filename)), default=-1)


def unknown_keyword(error: BaseException) -> tuple[str, str] | None:
    """Return the function and the keyword of a call with a keyword that the function does not have."""
    match = UNKNOWN_KEYWORD.search(str(error)) if isinstance(error, TypeError) else None
    return (match["function"], match["keyword"]) if match else None


def place_of(error: BaseException) -> str:
    """Return file:line of the innermost frame that is neither of a library nor of this package, "" if there is none."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_users(frame.filename)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _is_users(file: str) -> bool:
    folders = Path(file).parents
    return "site-packages" not in file and not file.startswith("<") and not {ENGINE, PYTHON} & set(folders)


@lru_cache(maxsize=256)
def _is_type(type_name: str) -> bool:
    import ibis

    try:
        ibis.dtype(type_name)
    except (ValueError, RuntimeError):  # what Ibis' checks and its parser raise
        return False
    return True


def _describe(value: object) -> str:
    name = getattr(value, "__name__", "")
    if name:
        return f"the function {name}, which is not called" if callable(value) and not isinstance(value, type) else name
    return repr(value) if isinstance(value, str | int | float | None) else f"one {type(value).__name__}"
