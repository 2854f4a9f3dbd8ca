"""What people read is plain English: strings, docstrings, comments and pages avoid the phrases listed here."""

from __future__ import annotations

import ast
import io
import re
import tokenize
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
    comment: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.COMMENT:
            comment.append(token.string.lstrip("# "))
        elif token.type != tokenize.NL and comment:
            yield token.start[0] - len(comment), " ".join(comment)
            comment = []


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
