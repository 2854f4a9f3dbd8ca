"""Write out what PostgreSQL's SELECT lacks: lateral column aliases and QUALIFY."""

from __future__ import annotations

from sqlglot import exp

from tests.engines.redshift.standin.data_types import Catalogue, source_columns, sources, star_columns
from tests.engines.redshift.standin.errors import Untranslatable

KEEP = "_keep"
QUALIFIED = "_qualified"

CALL_NAMES = {"dateadd": "date_add", "datediff": "date_diff", "date_part": "pgdate_part"}
"""Names of columns that differ from the function's: r_DATEADD_function, r_DATEDIFF_function, r_Dateparts."""


def expand_aliases(tree: exp.Expression, catalogue: Catalogue) -> None:
    """Replace aliases used next to their definition: r_SELECT_list; a column of FROM with that name wins.

    Raises:
        Untranslatable: If a name may be an alias or the column of an unknown table.
    """
    for select in reversed(list(tree.find_all(exp.Select))):
        aliases: dict[str, exp.Expression] = {}
        for projection in select.expressions:
            _substitute(projection, select, aliases, catalogue)
            if isinstance(projection, exp.Alias):
                aliases[projection.alias] = projection.this
        if qualify := select.args.get("qualify"):
            _refuse_twofold(qualify, select, aliases, catalogue)
            _substitute(qualify, select, aliases, catalogue)


def _substitute(
    node: exp.Expression, select: exp.Select, aliases: dict[str, exp.Expression], catalogue: Catalogue
) -> None:
    for column in list(node.find_all(exp.Column)):
        name = column.name
        if column.table or name not in aliases or column.find_ancestor(exp.Select) is not select:
            continue
        if not _is_of_source(name, select, aliases[name], catalogue):
            column.replace(exp.Paren(this=aliases[name].copy()))


def _refuse_twofold(
    qualify: exp.Expression, select: exp.Select, aliases: dict[str, exp.Expression], catalogue: Catalogue
) -> None:
    # For aliases next to their definition AWS says that a column wins, for QUALIFY it says nothing.
    for column in qualify.find_all(exp.Column):
        definition = aliases.get(column.name)
        if definition is None or column.table or column.find_ancestor(exp.Select) is not select:
            continue
        is_itself = isinstance(definition, exp.Column) and definition.name == column.name
        if not is_itself and _is_of_source(column.name, select, definition, catalogue):
            raise Untranslatable(f"{column.name} in QUALIFY may be a column or an alias")


def _is_of_source(name: str, select: exp.Select, definition: exp.Expression, catalogue: Catalogue) -> bool:
    columns = [source_columns(source, catalogue) for source in sources(select)]
    if any(name in each for each in columns):
        return True
    if any(column.name == name for column in definition.find_all(exp.Column)):
        return True
    if not all(columns):
        raise Untranslatable(f"{name} may be an alias of this SELECT or a column of its FROM")
    return False


def name_calls(tree: exp.Expression) -> None:
    """Name columns that are a call after the function, before another one takes its place."""
    for select in tree.find_all(exp.Select):
        for projection in select.expressions:
            call = projection
            while isinstance(call, (exp.Window, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)):
                call = call.this
            if isinstance(call, exp.Anonymous):
                name = call.name.lower()
                projection.replace(exp.alias_(projection.copy(), CALL_NAMES.get(name, name), quoted=True))


def expand_qualify(tree: exp.Expression, catalogue: Catalogue) -> exp.Expression:
    """Put a SELECT with QUALIFY into a subquery that also returns the condition."""
    for select in reversed(list(tree.find_all(exp.Select))):
        if select.args.get("qualify"):
            outer = _without_qualify(select, catalogue)
            if select is tree:
                return outer
    return tree


def _without_qualify(select: exp.Select, catalogue: Catalogue) -> exp.Select:
    projections = _named_projections(select, catalogue)
    outer = exp.Select(expressions=[exp.column(each.alias_or_name, quoted=True) for each in projections])
    for clause in ("with_", "order", "limit", "offset", "distinct"):
        outer.set(clause, select.args.get(clause) and select.args[clause].pop())
    for ordered in outer.args["order"].expressions if outer.args.get("order") else []:
        _order_by_output(ordered.this, projections)
    condition = exp.alias_(select.args["qualify"].this.copy(), KEEP)
    inner = select.copy()
    inner.set("qualify", None)
    inner.set("expressions", [*(each.copy() for each in projections), condition])
    outer.set("from_", exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier(QUALIFIED)))))
    outer.set("where", exp.Where(this=exp.column(KEEP)))
    if select.parent is not None:
        select.replace(outer)
    return outer


def _order_by_output(key: exp.Expression, projections: list[exp.Expression]) -> None:
    names = {each.alias_or_name for each in projections}
    if isinstance(key, exp.Column) and not key.table and key.name in names:
        return
    for column in key.find_all(exp.Column):
        for projection in projections:
            source = projection.this if isinstance(projection, exp.Alias) else projection
            is_same = isinstance(source, exp.Column) and source.name == column.name
            if is_same and column.table in ("", source.table):
                column.set("this", exp.to_identifier(projection.alias_or_name, quoted=True))
                column.set("table", None)
                break
        else:
            raise Untranslatable(f"ORDER BY {column.sql()} next to QUALIFY, which the SELECT does not return")


def _named_projections(select: exp.Select, catalogue: Catalogue) -> list[exp.Expression]:
    found: list[exp.Expression] = []
    for projection in select.expressions:
        if projection.is_star:
            found += _star(projection, select, catalogue)
        elif not projection.alias_or_name:
            raise Untranslatable("a column without a name next to QUALIFY")
        else:
            found.append(projection)
    return found


def _star(star: exp.Expression, select: exp.Select, catalogue: Catalogue) -> list[exp.Expression]:
    found: list[exp.Expression] = []
    for source, columns in star_columns(star, select, catalogue).items():
        if not columns:
            raise Untranslatable("* next to QUALIFY over an unknown table")
        found += [exp.column(name, source, quoted=True) for name in columns]
    return found
