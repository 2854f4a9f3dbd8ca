"""Write a plan to a JSON file that can be carried out later, and read it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketing_ibis import __version__
from marketing_ibis.atomic_write import write_output
from marketing_ibis.build.plain_data import MISFIT, from_plain, to_plain
from marketing_ibis.build.plan import Plan
from marketing_ibis.build.world import World
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import UsageError

KIND, FORMAT = "marketing_ibis plan", 1
"""What the file is, and the version of its form."""
AGAIN = "Write a new plan: `plan --out FILE`."


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan with what was known when it was made.

    ``package`` is the project's name, ``made_at`` the time in UTC, ``version`` that of this package. ``reasons`` say
    per model why it is built. ``world`` is what existed, None if the plan was made without a connection.
    """

    plan: Plan
    package: str
    made_at: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    world: World | None = None
    version: str = __version__


def document_of(plan_file: PlanFile) -> dict[str, Any]:
    """Return the JSON document of a plan, with its digest."""
    content = to_plain(plan_file)
    head = {"kind": KIND, "format": FORMAT, "engine": plan_file.plan.engine}
    return {**head, "digest": digest_of(head, content), **content}


def digest_of(head: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """Return the digest of a document: it depends on the content, and not on the order of keys or on white space."""
    text = json.dumps({**head, **content}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def write_plan(plan_file: PlanFile, path: Path) -> Path:
    """Write a plan to ``path``.

    Raises:
        UsageError: the file cannot be written.
    """
    return write_output(path, json.dumps(document_of(plan_file), indent=1, ensure_ascii=False) + "\n", "--out")


def read_plan(path: Path) -> PlanFile:
    """Return the plan that ``path`` contains.

    Raises:
        UsageError: the file cannot be read, is not a plan, was changed, or comes from a newer version.
    """
    if not path.is_file():
        # A pipe in its place would block for ever.
        raise UsageError(f"The plan {path} does not exist.", hint=AGAIN)
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(
            f"The plan {path} cannot be read: {error.strerror}.", hint="Make the file readable."
        ) from error
    except (ValueError, RecursionError) as error:
        raise _not_a_plan(path) from error
    return _plan_file(path, document)


def _plan_file(path: Path, document: Any) -> PlanFile:
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise _not_a_plan(path)
    number = document.get("format")
    if isinstance(number, int) and number > FORMAT:
        raise UsageError(
            f"The plan {path} has format {number}, which a newer version of marketing_ibis wrote; this version reads"
            f" format {FORMAT}.",
            hint="Upgrade marketing_ibis to the version that wrote it, or write the plan again.",
        )
    head = {key: document.pop(key, None) for key in ("kind", "format", "engine")}
    if document.pop("digest", None) != digest_of(head, document):
        raise UsageError(f"The plan {path} was changed after it was written: its digest does not match.", hint=AGAIN)
    engine = ENGINES.get(str(head["engine"]))
    if engine is None:
        raise UsageError(
            f"The plan {path} is for {head['engine']}, which is not an engine of this version.", hint=AGAIN
        )
    try:
        plan = from_plain(Plan, document.pop("plan"), dialect=engine.dialect())
        read: PlanFile = from_plain(PlanFile, document, plan=plan)
    except MISFIT as error:
        raise UsageError(
            f"The plan {path} has a form that this version of marketing_ibis does not read.", hint=AGAIN
        ) from error
    return read


def _not_a_plan(path: Path) -> UsageError:
    return UsageError(f"{path} is not a plan.", hint=AGAIN)
