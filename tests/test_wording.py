"""Text is plain English, and names are nouns and verbs: both avoid the phrases and words that are listed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("marketing_ibis", "dataflows", "docs", "tests")
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
OTHERS = {"tests/test_wording.py", "docs/reference/redshift-operations.md"}
"""This file, and a page that is generated from strings that are searched themselves."""

PHRASES: Mapping[str, str] = {
    r"\b(?:is|are|was|were) (?-i:none)\b|\bwhich (?:is|are|was|were) no\b": "is not a X, is not one of X",
    r"\b(?:it|that|this|what|value|text|name|file|column|one|he|who) (?:is|are|was|were) no (?!longer|more|less)": (
        "is not a X"
    ),
    r"\b(?:names?|finds?|reads?|gives?|holds?|means?) (?-i:none)\b": "has no X, does not name a X",
    r"\bholds? (?:no|nothing|none)\b": "contains no X, is empty",
    r"\bwhat (?:stands|stood|became of|there is to|is there)\b": "the published or existing tables, the outcome",
    r"\b(?:still )?(?:stands|stood|stand) (?:in|on|under|beside|before|there|at|for itself|still|where|as it)\b|"
    r"\bstill (?:stands|stood)\b|\bmay stand\b|\bcannot stand\b": "is declared in, exists in, is published, is allowed",
    r"\b(?:tells?|told) (?:of|by|in|what|which|how|where|whether|apart|the|that|once|at)\b": "report, print, log, say",
    r"\bhand(?:s|ed|ing)? (?:on|over)\b": "pass, pass through",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\banew\b": "again",
    r"\bbeside\b": "next to, alongside",
    r"\b(?:no|some|every)body\b": "name the user, process or session, or say what does not happen",
    r"\bwhoever\b|\bwhosever\b": "anyone who, users who",
    r"\b(?:let|lets|letting) go of\b": "release",
    r"\b(?:take|takes|taken|took) (?-i:over|along)\b|\btaken for\b": "inherit, include, mistake for",
    r"\b(?:leave|leaves|leaving|left) out\b": "skip, exclude, omit",
    r"\banother day\b": "a different date",
    r"\bmeanwhile\b": "in the meantime",
    r"\ba text\b(?! key)|\btexts\b": "a string",
    r"\b(?:one|a|an) (?:row|line|page|file|column|table|model|test|box|statement|query|folder|entry|name) an? "
    r"(?:row|line|page|file|column|table|model|test|box|statement|query|folder|id|mart|customer|order|day|month)\b": (
        "one X per Y"
    ),
}
"""Each phrase, and what to write instead."""

ALLOWED = re.compile(r"``[^`]+``|there (?:is|are|was|were) no|to no one|stand-in|stands in for", re.IGNORECASE)
"""Where a phrase is right."""


def files() -> list[Path]:
    """Return the files that are searched."""
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    readable = [path for path in found if path.suffix in {".py", ".md", ".jinja"}]
    return [path for path in (*readable, *(ROOT / page for page in PAGES)) if _name(path) not in OTHERS]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings and comments of a module, or the paragraphs of a page, with their lines."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from _paragraphs(content)
        return
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, " ".join(node.value.split())
    yield from _comments(content)


def _comments(content: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of a module, lines below each other as one; a string may contain what looks like one."""
    lines: list[str] = []
    for number, line in enumerate([*content.splitlines(), ""], 1):
        if line.lstrip().startswith("# "):
            lines.append(line.lstrip("# "))
            continue
        if lines:
            yield number - len(lines), " ".join(lines)
            lines = []
        # The formatter puts two spaces before a comment behind code, and strings before it may have marks of their own.
        if (comment := line.rpartition("  # "))[1]:
            yield number, comment[2]


def _paragraphs(content: str) -> Iterator[tuple[int, str]]:
    start, lines = 1, []
    for number, line in enumerate([*content.splitlines(), ""], 1):
        if line.strip() and not line.lstrip().startswith(("|", "- ")):
            lines.append(line.strip())
            continue
        if lines:
            yield start, " ".join(lines)
        lines = [line.strip()] if line.strip() else []
        start = number if lines else number + 1
    if lines:
        yield start, " ".join(lines)


def faults(text: str) -> list[str]:
    """Return the phrases of a text that are to be replaced, each with its advice."""
    plain = ALLOWED.sub("", text)
    return [
        f"{found[0]!r}: {advice}"
        for phrase, advice in PHRASES.items()
        for found in re.finditer(phrase, plain, re.IGNORECASE)
    ]


def test_the_wording_is_plain() -> None:
    wrong = [
        f"{_name(path)}:{line}: {fault}" for path in files() for line, text in texts(path) for fault in faults(text)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("reads p, which is no model", 1),
        ("There is no model p.", 0),
        ("Nobody answers: what stood before still stands.", 4),
        ("one model a file", 1),
        ("one model per file", 0),
        ("a stand-in for the server", 0),
        ("The data is no longer there", 0),
    ],
)
def test_phrases_are_found(text: str, number: int) -> None:
    assert len(faults(text)) == number


NAME_WORDS: Mapping[str, str] = {
    "told": "message, reason, report_x, format_x",
    "tells?": "report_x, print_x, log_x, emit",
    "standing|stands?|stood": "existing_x, published_x",
    "whom": "the noun: lock_holder, owner",
    "mends?|mended": "fix_x",
    "suites?": "batch",
    "probes?": "query",
    "verify|verifies|verifiers?": "run_x, evaluate_x, check_x",
    "fusion|fused": "batch",
    "anew": "again",
    "beside": "next_to_x, the noun",
}
"""Words that no part of a name is, with what to write instead."""

NAMES: Mapping[str, str] = {
    "found": "what was found: matches, columns, status",
    "given": "arguments, values",
    "held": "value, locks",
    "kept": "columns, selected_x, archive",
    "asked|wanted": "options, parameters, expected_x",
    "written|made|drawn|done|tried": "what was written: sql, files, row_count",
    "shown|listed|named|called|said|meant": "names, text, description",
    "known|seen|taken": "known_x, visited, used_names",
    "released": "published_models",
    "reads": "depends_on",
    "who|what": "the noun",
    "ones?": "the noun: name, column",
    "ours|theirs|mine|own": "the noun: own_x, project_x",
}
"""Whole names that do not say what they stand for, with examples of what to write instead."""

WRITTEN_NAMES = {("marketing_ibis/build/latest_results.py", "reads")}
"""Names of fields that a file has, which stay."""


def identifiers(path: Path) -> Iterator[tuple[int, str]]:
    """Yield what a module names: functions, classes, parameters, variables, attributes and fields, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name


def name_faults(name: str) -> list[str]:
    """Return why a name is to be replaced, with advice."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")
    wrong = [advice for word, advice in NAMES.items() if re.fullmatch(word, words)]
    wrong += [advice for word, advice in NAME_WORDS.items() if any(re.fullmatch(word, w) for w in words.split("_"))]
    return [f"{name}: {advice}" for advice in wrong]


def modules() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and _name(path).startswith("marketing_ibis/")]


def test_names_are_nouns_and_verbs_of_the_field() -> None:
    wrong = [
        f"{_name(path)}:{line}: {fault}"
        for path in modules()
        for line, name in identifiers(path)
        if (_name(path), name) not in WRITTEN_NAMES
        for fault in name_faults(name)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def tell_outcome(found): ...", {"tell_outcome", "found"}),
        ("class TestSuite:\n    kept: int\n    foundry = 1", {"TestSuite", "kept"}),
        ("told, (self.standing, text) = x", {"told", "standing"}),
        ("KEPT = [one for one in rows if one.told]", {"KEPT", "one"}),
        ("try: ...\nexcept KeyError as given: ...", {"given"}),
        ("match x:\n    case [held, *kept]: ...", {"held", "kept"}),
        ("def report_outcome(existing_tables, *, known_names=(), probe_count=0): ...", {"probe_count"}),
    ],
)
def test_names_are_found(source: str, names: set[str], tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(source, "utf-8")
    assert {name for _, name in identifiers(module) if name_faults(name)} == names
