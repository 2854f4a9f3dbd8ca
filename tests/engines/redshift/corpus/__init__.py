"""Statements with the page of AWS' guide that each rests on, written from the guide and not from the gate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
HEAD = re.compile(r"-- (?P<name>\w+) \| (?:(?P<construct>.+) \| )?(?P<page>\S+\.html)\n(?P<sql>.+)", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One statement; of a rejected one, the words by which a refusal must name what is wrong."""

    name: str
    page: str
    sql: str
    construct: str = ""


def entries(file: str) -> dict[str, Entry]:
    """Return the statements of a file by their names; empty lines separate them."""
    found = {}
    for block in (HERE / file).read_text("utf-8").strip().split("\n\n"):
        match = HEAD.fullmatch(block.strip())
        assert match is not None, f"{file} contains a block that is not an entry: {block[:80]}"
        assert match["name"] not in found, f"{match['name']} is declared twice in {file}"
        found[match["name"]] = Entry(match["name"], match["page"], match["sql"].strip(), match["construct"] or "")
    return found


REJECTED = entries("rejected.sql")
ACCEPTED = entries("accepted.sql")
TABLES = (HERE / "tables.sql").read_text("utf-8")


@dataclass(frozen=True)
class Statement:
    """One line of a themed file: its theme, the page it rests on, and the rule that rejects it, if one does."""

    theme: str
    page: str
    rule: str
    sql: str


def themed_statements(folder: str) -> list[Statement]:
    """Return the statements of a folder's files: a line each, below the page and the rule that they belong to."""
    found = []
    for path in sorted((HERE / folder).glob("*.sql")):
        page = rule = ""
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("## "):
                page, rule = line[3:], ""
            elif line.startswith("-- "):
                rule = line[3:]
            elif line:
                found.append(Statement(path.stem, page, rule, line))
    return found


VALID = themed_statements("valid")
INVALID = themed_statements("invalid")
