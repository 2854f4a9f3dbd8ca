"""Read who belongs to an audience now: the customers of its model who agree at this moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ConfigurationError, UsageError, nearest
from marketing_ibis.model import Model
from marketing_ibis.outputs.audiences.destinations import Form
from marketing_ibis.outputs.audiences.identifiers import is_held_out
from marketing_ibis.outputs.export import check_published, plan_export
from marketing_ibis.outputs.where import read_condition
from marketing_ibis.project.audiences import DeclaredAudience


@dataclass(frozen=True, slots=True)
class AudienceQuery:
    """Where an audience is read: the customers of a model, with their consent and contacts."""

    declared: DeclaredAudience
    model: Model
    contacts: Model
    condition: str
    form: Form
    is_clear: bool

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The identifiers of the list, in the order of its form."""
        return tuple(name for name in self.form.headers if name in self.declared.audience.identifiers)

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers of a file."""
        key = (self.declared.audience.key,) if self.form.has_key else ()
        return (*key, *self.form.columns(self.identifiers, is_clear=self.is_clear))


@dataclass(frozen=True, slots=True)
class Members:
    """The row of each customer to be listed, those held out, and how many have no usable identifier."""

    rows: Mapping[str, str]
    held_out: frozenset[str] = frozenset()
    unreachable: int = 0


def missing_columns(query: AudienceQuery) -> tuple[str, ...]:
    """Return the columns that an audience needs of its contacts, and that these do not have."""
    audience = query.declared.audience
    needed = (audience.key, audience.consent, *query.identifiers)
    return tuple(name for name in needed if name not in query.contacts.schema)


def check_model_columns(query: AudienceQuery) -> None:
    """Stop at a column that the audience names and its model does not have.

    Raises:
        ConfigurationError: naming the column.
    """
    audience, place = query.declared.audience, _place(query)
    if audience.key not in query.model.schema:
        raise ConfigurationError(
            f"{place} needs the column {audience.key}, which {audience.model} does not have.", hint="Correct key=."
        )
    if audience.value and audience.value not in query.model.schema:
        raise ConfigurationError(
            f"{place} has the value {audience.value}, which is not a column of {audience.model}.",
            hint=nearest(audience.value, query.model.schema),
        )


def _place(query: AudienceQuery) -> str:
    declared = query.declared
    return f"The audience {declared.name} ({declared.path}:{declared.line})"


def check_columns(query: AudienceQuery, sources: Iterable[str]) -> None:
    """Stop at a column that the audience needs and that its tables do not have.

    Raises:
        ConfigurationError: naming the column, with the setting that adds it.
    """
    check_model_columns(query)
    audience, place = query.declared.audience, _place(query)
    if missing := missing_columns(query):
        columns = f"column{'s' if len(missing) > 1 else ''} {' and '.join(missing)}"
        source = next(iter(sources), "raw_customers")
        them = "them" if len(missing) > 1 else "it"
        raise ConfigurationError(
            f"{place} needs the {columns} of {audience.contacts}, which does not have {them}.",
            hint=f"If your data has {them}, set {_settings(missing)} under [tool.marketing_ibis.sources.{source}] and"
            f" build {audience.contacts} again.",
        )
    if not query.contacts.schema[audience.consent].is_boolean():
        raise ConfigurationError(
            f"{place} takes {audience.consent} for consent, which is {query.contacts.schema[audience.consent]}.",
            hint="Name a boolean column in consent=.",
        )


def _settings(columns: Iterable[str]) -> str:
    """Return the settings that add columns: the country passes through, the others are optional."""
    names: dict[bool, list[str]] = {True: [], False: []}
    for column in columns:
        names[column == "country"].append(f'"{column}"')
    settings = {"optional": names[False], "pass_through": names[True]}
    return " and ".join(f"{key} = [{', '.join(values)}]" for key, values in settings.items() if values)


def read_audience_condition(
    declared: DeclaredAudience, model: Model, target: Target, keyword: str = "condition"
) -> str:
    """Return the condition of a keyword of an audience in the engine's SQL, "" for none.

    Raises:
        ConfigurationError: it is not a condition on the model's columns.
    """
    text = declared.audience.condition if keyword == "condition" else declared.audience.order_condition
    if not text:
        return ""
    try:
        return read_condition(text, model.schema, target.dialect)
    except UsageError as error:
        message = error.message.replace("--where", f"{keyword}= of {declared.name}", 1)
        raise ConfigurationError(f"{declared.path}:{declared.line}: {message}", hint=error.hint) from error


def select_members(query: AudienceQuery, schema: str, target: Target) -> str:
    """Return the SELECT of the customers who belong to an audience and agree, each with their identifiers."""
    audience, dialect = query.declared.audience, target.dialect
    key, consent = dialect.identifier(audience.key), dialect.identifier(audience.consent)
    names = "".join(f", contacts.{dialect.identifier(name)}" for name in query.identifiers)
    where = f" WHERE {query.condition}" if query.condition else ""
    return (
        f"SELECT contacts.{key}{names} FROM {dialect.relation(Relation(schema, query.contacts.name))} AS contacts"
        f" JOIN (SELECT DISTINCT {key} FROM {dialect.relation(Relation(schema, query.model.name))}{where}) AS members"
        f" ON contacts.{key} = members.{key} WHERE contacts.{consent} ORDER BY 1"
    )


def read_members(query: AudienceQuery, schema: str, target: Target, key: bytes) -> Members:
    """Return who is to be on the list now.

    Raises:
        SourceError: the model or its contacts have not been built, or not with these columns.
        UsageError: keys are e-mail addresses, which are written in clear only if asked for.
    """
    audience = query.declared.audience
    for model, names in ((query.model, (audience.key,)), (query.contacts, (audience.consent, *query.identifiers))):
        export = plan_export(model, schema, target.dialect, where=None, include_pii=True)
        needed = {name: kind for name, kind in model.schema.items() if name in (audience.key, *names)}
        check_published(replace(export, schema=type(export.schema)(needed)), target)
    rows: dict[str, str] = {}
    held_out: set[str] = set()
    unreachable = 0
    finding = {"email", "phone"} & set(query.identifiers)
    select = select_members(query, schema, target)
    target.dialect.approve((select,), "The audience cannot be read")
    for record in target.query(select):
        customer = str(record[0])
        contact = {
            name: "" if value is None else str(value) for name, value in zip(query.identifiers, record[1:], strict=True)
        }
        if "@" in customer and query.form.has_key and not query.is_clear:
            raise UsageError(
                f"{audience.key} of {audience.model} has e-mail addresses, which would be written in clear.",
                hint="Use another destination=, or pass --include-pii.",
            )
        values = query.form.values(contact, is_clear=query.is_clear)
        if finding and not any(query.form.normalizers[name](contact[name]) for name in finding):
            unreachable += 1
        elif audience.holdout and is_held_out(customer, audience.holdout, key):
            held_out.add(customer)
        else:
            columns = query.form.columns(query.identifiers, is_clear=query.is_clear)
            rows[customer] = json.dumps(dict(zip(columns, values, strict=True)), ensure_ascii=False)
    return Members(rows, frozenset(held_out), unreachable)
