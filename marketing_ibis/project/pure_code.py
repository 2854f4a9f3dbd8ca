"""Find out whether the code of a project can depend on anything but its own files and its parameters.

A later command can only see changes of what is known to be read. Python reports the files that it opens and the folders
that it lists; it does not report whether a file exists, what time it is, or which file a native library opens. So a
project may use libraries that do none of this, and of some others the functions that do not.
"""

from __future__ import annotations

import opcode
import os
import pathlib
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, ModuleType

from marketing_ibis.project.observing import without_bytecode


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PURE = _words(
    "__future__ abc base64 bisect cmath collections contextlib copy dataclasses datetime decimal difflib enum fractions"
    " functools graphlib hashlib heapq ibis importlib inspect itertools json keyword marketing_ibis math numbers numpy"
    " numpy.typing operator os os.path pathlib pkgutil posixpath pyarrow pyarrow.compute re statistics string struct"
    " textwrap tomllib types typing typing_extensions unicodedata"
)
"""Modules whose results depend on their arguments and on files that Python opens, apart from the functions below."""

PURE_PACKAGES = tuple(
    f"{package}."
    for package in (
        "collections",
        "ibis.expr",
        "ibis.selectors",
        "json",
        *(f"{__name__.partition('.')[0]}.{part}" for part in ("data_tests", "model", "report")),
    )
)
"""The same of all modules in a package, and of the package."""

HIDDEN = _words("__builtins__ __import__ __loader__ __spec__ breakpoint eval exec getmembers input print sys")
"""Functions that read or print something, or hide what they do."""

BY_STRING = _words("__dict__ __getattribute__ attrgetter getattr getattr_static globals locals methodcaller vars")
"""Functions that find others by their names in strings."""

_PATHS = frozenset(dir(pathlib.Path)) - frozenset(dir(pathlib.PurePath)) - {"open", "read_bytes", "read_text"}
_OS = frozenset(
    name
    for module in (os, os.path)
    for name, value in vars(module).items()
    if callable(value) and not isinstance(value, type)
) - _words(
    "altsep basename commonpath commonprefix curdir dirname environ environb extsep fsdecode fsencode fspath getenv"
    " getenvb isabs join linesep name normcase normpath pardir path pathsep sep split splitext splitroot"
)
UNSEEN: Mapping[str, frozenset[str]] = {
    "datetime": _words("now today utcnow"),
    "ibis": _words(
        "backends connect examples execute from_connection from_url get_backend list_tables preview raw_sql read_csv"
        " read_delta read_geo read_in_memory read_json read_mysql read_parquet read_postgres read_sqlite read_xlsx"
        " register set_backend to_csv to_delta to_geo to_json to_pandas to_pandas_batches to_parquet to_polars"
        " to_pyarrow to_pyarrow_batches to_torch to_xlsx"
    ),
    "importlib": _words("find_spec machinery metadata reload resources util"),
    "inspect": _words("currentframe getsource getsourcefile getsourcelines stack"),
    "marketing_ibis": frozenset({"Project"}),
    "numpy": _words(
        "DataSource datetime64 fromfile fromregex genfromtxt load loadtxt memmap open_memmap random show_config"
    ),
    "os": _OS - {"rename", "replace"},
    "posixpath": _OS - {"rename", "replace"},
    "pathlib": _PATHS - {"rename", "replace"},
    "pkgutil": _words("find_loader get_importer get_loader resolve_name"),
    "pyarrow": _words(
        "FileSystem GcsFileSystem HadoopFileSystem LocalFileSystem OSFile ParquetDataset ParquetFile"
        " RandomOptions RecordBatchFileReader RecordBatchStreamReader S3FileSystem dataset feather flight fs"
        " input_stream memory_map"
        " open_csv open_file open_input_file open_input_stream open_json open_stream orc parquet random read_csv"
        " read_feather read_json read_metadata read_pandas read_schema read_table"
    ),
    "statistics": _words("random samples"),
}
"""Names of functions, by module, whose results depend on what Python does not report."""

CLOCK_WORDS = frozenset({"now", "today"})
"""Strings that Ibis and NumPy take for the current time."""

IMPORT_NAME, EXTENDED_ARG = opcode.opmap["IMPORT_NAME"], opcode.opmap["EXTENDED_ARG"]


@dataclass(frozen=True, slots=True)
class CodeReport:
    """Why code may depend on what Python does not report, if it may, and whether it reads environment variables."""

    reasons: tuple[str, ...]
    reads_environment: bool


@dataclass(frozen=True, slots=True)
class Code:
    """The names that the code of a module uses, and the modules that it imports."""

    names: frozenset[str]
    imports: frozenset[str]
    strings: frozenset[str]


def inspect_code(modules: Mapping[str, ModuleType]) -> CodeReport:
    """Return what the code of ``modules``, by name, may depend on."""
    # Of a file that has just changed none was written when it was imported.
    with without_bytecode():
        by_name = {name: _code_of(name, module) for name, module in modules.items()}
    reasons = [f"{name} has no Python code" for name, code in by_name.items() if code is None]
    codes = {name: code for name, code in by_name.items() if code is not None}
    for name, code in codes.items():
        reasons += [f"{name} imports {other}" for other in sorted(code.imports) if not _is_pure(other, modules)]
    names = frozenset[str]().union(*(code.names for code in codes.values()))
    imported = {other.partition(".")[0] for code in codes.values() for other in code.imports}
    if "os" in names:
        imported.add("os")  # Pure modules have it as an attribute.
    unseen = HIDDEN.union(*(UNSEEN.get(module, ()) for module in imported))
    reasons += [f"the project uses {name}" for name in sorted(names & unseen)]
    strings = {string.strip().lower() for code in codes.values() for string in code.strings}
    reasons += [f"the project has the text {word}, which can mean the time" for word in sorted(strings & CLOCK_WORDS)]
    return CodeReport(tuple(reasons), "os" in imported)


def _is_pure(name: str, project_modules: Collection[str]) -> bool:
    return name in PURE or name in project_modules or f"{name}.".startswith(PURE_PACKAGES)


def _code_of(name: str, module: ModuleType) -> Code | None:
    """Return what a module's file uses; None for a module without Python code."""
    spec = module.__spec__
    get_code = getattr(spec.loader, "get_code", None) if spec else None
    code = get_code(name) if get_code else None
    if code is None:
        return None
    codes = tuple(_nested(code))
    names = {each for code in codes for each in code.co_names}
    strings = {each for code in codes for each in _strings(code.co_consts)}
    imports = {each for code in codes for each in _imports(code)}
    if "importlib" in {each.partition(".")[0] for each in imports}:
        imports |= {each for each in strings if each in sys.modules}
    return Code(frozenset(names | strings if names & BY_STRING else names), frozenset(imports), frozenset(strings))


def _strings(constants: Iterable[object]) -> Iterator[str]:
    """Yield the strings among constants, and those in tuples and sets of them."""
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from _strings(constant)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _imports(code: CodeType) -> Iterable[str]:
    """Yield the modules that code imports, of those that exist, and modules that it imports from packages."""
    operations, arguments = code.co_code[::2], code.co_code[1::2]
    position = operations.find(IMPORT_NAME)
    while position >= 0:
        number, shift, before = arguments[position], 8, position - 1
        while before >= 0 and operations[before] == EXTENDED_ARG:
            number |= arguments[before] << shift
            shift, before = shift + 8, before - 1
        module = code.co_names[number]
        if module in sys.modules:
            yield module
            yield from (name for each in code.co_names if (name := f"{module}.{each}") in sys.modules)
        position = operations.find(IMPORT_NAME, position + 1)
