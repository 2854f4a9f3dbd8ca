"""Write out what PostgreSQL's SELECT has not: lateral column aliases and QUALIFY."""

from __future__ import annotations

from sqlglot import exp

from tests.redshift.standin.data_types import Catalogue, source_columns, sources, star_columns
from tests.redshift.standin.errors import Untranslatable

KEEP = "_keep"
QUALIFIED = "_qualified"


def expand_aliases(tree: exp.Expression, catalogue: Catalogue) -> None:
    """Replace aliases used beside their definition: r_SELECT_list; a column of FROM by that name wins.

    Raises:
        Untranslatable: If a name may be an alias or the column of a table nobody has described.
    """
    for select in reversed(list(tree.find_all(exp.Select))):
        aliases: dict[str, exp.Expression] = {}
        for projection in select.expressions:
            _substitute(projection, select, aliases, catalogue)
            if isinstance(projection, exp.Alias):
                aliases[projection.alias] = projection.this
        if qualify := select.args.get("qualify"):
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


def _is_of_source(name: str, select: exp.Select, definition: exp.Expression, catalogue: Catalogue) -> bool:
    columns = [source_columns(source, catalogue) for source in sources(select)]
    if any(name in each for each in columns):
        return True
    if any(column.name == name for column in definition.find_all(exp.Column)):
        return True
    if not all(columns):
        raise Untranslatable(f"{name} may be an alias of this SELECT or a column of its FROM")
    return False


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
    if order := outer.args.get("order"):
        for column in order.find_all(exp.Column):
            column.set("table", None)
    condition = exp.alias_(select.args["qualify"].this.copy(), KEEP)
    inner = select.copy()
    inner.set("qualify", None)
    inner.set("expressions", [*(each.copy() for each in projections), condition])
    outer.set("from_", exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier(QUALIFIED)))))
    outer.set("where", exp.Where(this=exp.column(KEEP)))
    if select.parent is not None:
        select.replace(outer)
    return outer


def _named_projections(select: exp.Select, catalogue: Catalogue) -> list[exp.Expression]:
    found: list[exp.Expression] = []
    for projection in select.expressions:
        if projection.is_star:
            found += _star(projection, select, catalogue)
        elif not projection.alias_or_name:
            raise Untranslatable("a column without a name beside QUALIFY")
        else:
            found.append(projection)
    return found


def _star(star: exp.Expression, select: exp.Select, catalogue: Catalogue) -> list[exp.Expression]:
    found: list[exp.Expression] = []
    for source, columns in star_columns(star, select, catalogue).items():
        if not columns:
            raise Untranslatable("* beside QUALIFY over a table nobody has described")
        found += [exp.column(name, source, quoted=True) for name in columns]
    return found
