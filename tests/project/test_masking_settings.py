"""The settings of the masked views: what contradicts itself, or cannot be masked as they say, is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.model.masking import Masking
from marketing_ibis.project.masking_settings import check_masking_settings, resolve_masking
from tests.build.masked_shop import HASH
from tests.shop import AS_OF, make_shop


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"masked": "x"}, "personal_data.masked is unknown"),
        ({"masked_schema": ["m"]}, "not a string"),
        ({"masked_schema": "m", "masked_roles": "analyst"}, "not a list of names"),
        ({"masked_roles": ["analyst"]}, "has no masked_schema"),
        ({"masked_schema": "DBT_marketing"}, "so is model_schema"),
        ({"masked_schema": "shop"}, "so is source_schema"),
        ({"masked_schema": "m", "masked_roles": ["role Analyst"]}, "grants contains 'analyst'"),
        ({"masked_schema": "m", "hashed": {"customers": "id"}}, "not a list of names"),
    ],
)
def test_settings_that_contradict_one_another_are_refused(settings: Mapping[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        resolve_masking(check_masking_settings("personal_data", settings), "shop", "dbt_marketing", ("analyst",))
    assert caught.value.hint or "not a string" in message


def test_who_is_public_reads_what_is_not_masked() -> None:
    with pytest.raises(ConfigurationError, match="grants contains 'PUBLIC'"):
        resolve_masking({"masked_schema": "m", "masked_roles": ("analyst",)}, "shop", "marts", ("PUBLIC",))
    assert resolve_masking({"masked_schema": "m"}, "shop", "marts", ("PUBLIC",)) == Masking("m")


@pytest.mark.parametrize(
    ("hashed", "message"),
    [
        ('raw_sales = ["cents"]', "is not personal data"),
        ('raw_sales = ["ids"]', "has no column ids"),
        ('raw_sale = ["id"]', "which is not a model or source"),
        ('halves = ["half"]', "only strings and whole numbers"),
    ],
)
def test_a_column_that_cannot_be_hashed_is_named(tmp_path: Path, hashed: str, message: str) -> None:
    declared = HASH.replace('raw_sales = ["id"]\n\n', 'raw_sales = ["id"]\nhalves = ["half"]\n\n', 1)
    settings, table, _ = declared.rpartition("[tool.marketing_ibis.personal_data.hashed]\n")
    with pytest.raises(ConfigurationError, match=message):
        make_shop(tmp_path, settings=f"{settings}{table}{hashed}\n").project.compile(AS_OF)
