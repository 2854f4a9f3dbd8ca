"""Read YAML without changing a value: a scalar is the text that is written, and what may be meant otherwise is marked.

YAML makes 83 of ``0123``, True of ``on`` and nothing of ``#x``. A file may hold passwords, so nothing of it is told but
names and line numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.profiles.unclear import TWICE, KeyInBraces, Unclear

SECRETS = frozenset({"password", "pass", "access_key_id", "secret_access_key"})
NULLS = frozenset({"~", "null", "Null", "NULL"})
TEXT, MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
TYPED = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("binary", "bool", "float", "int", "null", "timestamp"))
BLOCKS = ("|", ">")
PARTS = {
    "<block end>": "the end of the block",
    "'<document start>'": "the end of the file",
    "chomping or indentation indicators": "a line break after | or >",
}
"""What the parser calls parts of a file, in other words."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # it ships no types
    """Takes scalars as they are written; of YAML's own meanings only ``<<`` is left."""

    yaml_implicit_resolvers = {"<": [(MERGE, re.compile("<<"))]}  # noqa: RUF012  # as yaml has it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        counts = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.tag != MERGE)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        marks: dict[str, Unclear | None] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                reason = TWICE if counts[key.value] > 1 else _reason(key, value)
                marks[key.value] = Unclear(key.start_mark.line + 1, reason) if reason else None
        mapping |= {key: mark for key, mark in marks.items() if mark}
        if not node.flow_style:
            return mapping
        return {KeyInBraces(key) if isinstance(key, str) else key: value for key, value in mapping.items()}

    def text(self, node: yaml.ScalarNode) -> str | None:
        """Return what is written; nothing for a scalar that is empty or YAML's word for nothing."""
        is_empty = node.style is None and (not node.value or node.value in NULLS)
        return None if is_empty else str(node.value)

    def tagged(self, node: yaml.Node) -> Unclear:
        """Return the mark of a scalar with a tag."""
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(problem="found a tag", problem_mark=node.start_mark)
        return Unclear(node.start_mark.line + 1, "has a YAML tag")


for _text_tag in (TEXT, MERGE):
    _Loader.add_constructor(_text_tag, _Loader.text)
for _tag in (*TYPED, None):
    _Loader.add_constructor(_tag, _Loader.tagged)


def read_document(file: Path) -> Any:
    """Return the content of a YAML file: strings, None, lists, mappings, and marks for what is unclear.

    Raises:
        ConfigurationError: it cannot be read, or is not YAML; the message repeats nothing of it.
    """
    try:
        return yaml.load(file.read_text("utf-8"), _Loader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}, line {mark.line + 1}" if mark else str(file)
        raise ConfigurationError(
            f"{place}: not valid YAML{_describe(error)}.",
            hint=_yaml_advice(error),
        ) from None
    except RecursionError:
        raise ConfigurationError(f"{file}: not valid YAML: it is nested too deeply.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} cannot be read: it is not UTF-8.", hint="Save it as UTF-8.") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error


def _yaml_advice(error: yaml.YAMLError) -> str:
    if "\\t" in (getattr(error, "problem", None) or ""):
        return "Indent with spaces, not with tabs."
    return (
        "Write a colon after each key, indent keys alike, and quote values that contain { [ : # & * ! | > ' \" % or @."
    )


def _describe(error: yaml.YAMLError) -> str:
    """Return what the parser found, without what it quotes of the file."""
    if isinstance(error, yaml.reader.ReaderError):
        return ": a character that YAML does not allow"
    problem = getattr(error, "problem", None) or ""
    if problem.endswith("that cannot start any token"):
        return ": found a character that cannot start a value"
    if problem.startswith("expected "):
        # What is expected is the parser's own text; what it found is the file's.
        expected = problem.split(", but ")[0]
        for name, words in PARTS.items():
            expected = expected.replace(name, words)
        return f": {expected}"
    problem = re.split("['\"]", problem)[0].strip(" ,")
    return f": {problem}" if problem else ""


def _reason(key: yaml.ScalarNode, value: yaml.Node) -> str:
    """Return why a secret may be meant otherwise than YAML reads it, "" if it cannot."""
    if key.value not in SECRETS or not isinstance(value, yaml.ScalarNode) or value.style in BLOCKS:
        return ""
    if value.start_mark.line != value.end_mark.line:
        return "runs over several lines"
    if value.style is not None:
        return ""
    if value.value in NULLS:
        return "means null in YAML"
    text, end = value.end_mark.buffer, value.end_mark.pointer
    if text[end:].split("\n", 1)[0].strip().startswith("#"):
        return "ends in a YAML comment"
    before = text[key.end_mark.pointer : end].strip(" :\t\n")
    return "means null in YAML" if not value.value and before.startswith("&") else ""
