"""Write paths into SUPER values as calls: query-super."""

from __future__ import annotations

from sqlglot import exp

from tests.engines.redshift.standin.data_types import sources
from tests.engines.redshift.standin.errors import Untranslatable

NAVIGATE, ELEMENTS = "redshift.navigate", "redshift.elements"
STEPS = (exp.Column, exp.Dot, exp.Bracket)


def expand_paths(tree: exp.Expression) -> None:
    """Replace each path by a call with the column that it starts at, and its steps.

    Raises:
        Untranslatable: for a path that starts at no column, or a step that is computed.
    """
    for node in list(tree.find_all(*STEPS)):
        is_plain = isinstance(node, exp.Column) and len(node.parts) <= 2
        if not is_plain and not isinstance(node.parent, STEPS):
            column, steps = _path(node)
            if steps:
                _navigate(node, column, steps)


def _navigate(node: exp.Expression, value: exp.Expression, steps: list[str]) -> None:
    arguments = [exp.Literal.string(step) for step in steps]
    call = exp.Anonymous(this=NAVIGATE, expressions=[value, *arguments])
    call.meta["is_translated"] = True
    node.replace(call)


def expand_elements(tree: exp.Expression) -> None:
    """Replace each array that FROM unnests by a call that returns its elements, with their places if asked for."""
    for join in list(tree.find_all(exp.Join)):
        node, place = join.this, None
        if isinstance(node, exp.AtIndex):
            node, place = node.this, node.expression
        if isinstance(node, exp.Alias):
            array, element = node.this, node.args["alias"]
        elif isinstance(node, exp.Unnest):
            array, element = node.expressions[0], node.args["alias"].columns[0]
        else:
            continue
        call = exp.Anonymous(this=ELEMENTS if place else f"{ELEMENTS}_alone", expressions=[array.copy()])
        call.meta["is_translated"] = True
        columns = [name.copy() for name in (element, place) if name is not None]
        for column in join.parent.find_all(exp.Column):
            if column.name == element.name and not column.table:
                _navigate(column, column.copy(), [])
        join.set("this", exp.Table(this=call, alias=exp.TableAlias(this=element.copy(), columns=columns)))


def is_path(node: exp.Expression) -> bool:
    """Return whether a value is read by a path."""
    return isinstance(node, exp.Anonymous) and node.name == NAVIGATE


def _path(node: exp.Expression) -> tuple[exp.Column, list[str]]:
    steps: list[str] = []
    while isinstance(node, (exp.Dot, exp.Bracket)):
        steps.insert(0, _step(node))
        node = node.this
    if not isinstance(node, exp.Column):
        raise Untranslatable(f"a path that starts at {node.sql('redshift')}")
    select = node.find_ancestor(exp.Select)
    aliases = {source.alias_or_name for source in sources(select)} if select is not None else set()
    names = [part.name for part in node.parts]
    if len(names) > 2 and names[0] in aliases:  # alias, column and attributes
        return exp.column(names[1], names[0], quoted=True), names[2:] + steps
    return node.copy(), steps


def _step(node: exp.Expression) -> str:
    step = node.expressions[0] if isinstance(node, exp.Bracket) else node.expression
    if isinstance(step, exp.Literal) and not step.is_string:
        return str(step.name)
    if isinstance(step, exp.Identifier):
        return str(step.name)
    raise Untranslatable(f"the step {step.sql('redshift')} of a path")
