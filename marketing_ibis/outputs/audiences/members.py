"""Select who belongs to an audience now: the customers of its model who agree at this moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ConfigurationError, UsageError, nearest
from marketing_ibis.model import Model
from marketing_ibis.outputs.audiences.destinations import Form
from marketing_ibis.outputs.audiences.identifiers import RULES
from marketing_ibis.outputs.export import check_published, plan_export
from marketing_ibis.outputs.where import read_condition
from marketing_ibis.project.audiences import DeclaredAudience
from marketing_ibis.project.project_key import derived_key

FINDING = ("email", "phone")
"""The identifiers by which a destination finds a customer."""
DIGEST_LENGTH = 32


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
    def finding(self) -> tuple[str, ...]:
        """The identifiers of the list by which customers are found; without one of these a customer is skipped."""
        return tuple(name for name in self.identifiers if name in FINDING)

    @property
    def tables(self) -> str:
        """The names of the tables that are read."""
        return " or ".join(dict.fromkeys((self.contacts.name, self.model.name)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers of a file."""
        key = (self.declared.audience.key,) if self.form.has_key else ()
        return (*key, *self.form.columns(self.identifiers, is_clear=self.is_clear))


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


def select_people(query: AudienceQuery, schema: str, target: Target, key: bytes) -> str:
    """Return the SELECT of the customers of the audience's model, with their consent and identifiers.

    ``agreed`` is 1 or 0. The digest changes with the identifiers, and with the rules by which they are written.
    """
    audience, dialect = query.declared.audience, target.dialect
    column = dialect.identifier(audience.key)
    customer = _text(query, audience.key, dialect)
    names = [_text(query, name, dialect) for name in query.identifiers]
    # With its length before it, no value can pass for two.
    parts = [f"COALESCE(CAST(LENGTH({text}) AS VARCHAR(20)) || ':' || {text}, '')" for text in names]
    digest = dialect.sha256(" || '|' || ".join((dialect.literal(recipe(query, key)), customer, *parts)))
    identifiers = "".join(
        f", {text} AS {dialect.identifier(name)}" for name, text in zip(query.identifiers, names, strict=True)
    )
    where = f" WHERE {query.condition}" if query.condition else ""
    return (
        f"SELECT {customer} AS customer, CASE WHEN {dialect.identifier(audience.consent)} THEN 1 ELSE 0 END AS agreed,"
        f" SUBSTRING({digest}, 1, {DIGEST_LENGTH}) AS digest{identifiers}"
        f" FROM {dialect.relation(Relation(schema, query.contacts.name))} WHERE {column} IN"
        f" (SELECT {column} FROM {dialect.relation(Relation(schema, query.model.name))}{where})"
    )


def recipe(query: AudienceQuery, key: bytes) -> str:
    """Return what decides how the identifiers of a customer are written, and whether they are held out.

    With the project's key it is a secret, without which digests of customers who are held out cannot be computed.
    """
    audience = query.declared.audience
    secret = key and derived_key(key, "digests of audiences")
    parts = (RULES, audience.destination, query.identifiers, query.is_clear, audience.holdout, secret)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:DIGEST_LENGTH]


def _text(query: AudienceQuery, name: str, dialect: Dialect) -> str:
    column = dialect.identifier(name)
    is_text = query.contacts.schema[name].is_string()
    return column if is_text else f"CAST({column} AS {dialect.column_type('string')})"


def check_built(query: AudienceQuery, schema: str, target: Target) -> None:
    """Refuse an audience whose tables have not been built.

    Raises:
        SourceError: the model or its contacts are missing, or do not have the columns.
    """
    audience = query.declared.audience
    check_table(query.model, (audience.key,), schema, target)
    check_table(query.contacts, (audience.key, audience.consent, *query.identifiers), schema, target)


def check_table(model: Model, columns: Iterable[str], schema: str, target: Target) -> None:
    """Refuse a model that has not been built with ``columns``.

    Raises:
        SourceError: naming the table.
    """
    export = plan_export(model, schema, target.dialect, where=None, include_pii=True)
    needed = {name: model.schema[name] for name in columns}
    check_published(replace(export, schema=type(export.schema)(needed)), target)


def check_keys(query: AudienceQuery, customers: Iterable[str]) -> None:
    """Refuse keys that are e-mail addresses, unless addresses are to be written in clear.

    Raises:
        UsageError: naming the column.
    """
    if query.form.has_key and not query.is_clear and any("@" in customer for customer in customers):
        audience = query.declared.audience
        raise UsageError(
            f"{audience.key} of {audience.model} has e-mail addresses, which would be written in clear.",
            hint="Use another destination=, or pass --include-pii.",
        )
