"""What an incremental model must declare, and what a mistake in it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.errors import CompileError, ConfigurationError, MarketingIbisError
from tests.build.incremental_shop import EVENTS, INCREMENTAL
from tests.shop import AS_OF, make_shop

KEYS = 'unique_key="customer_id", watermark="day", lookback=timedelta(days=3)'
SETTINGS = '[tool.marketing_ibis.models.visits]\nmaterialized = "incremental"\n'


def refusal(folder: Path, before: str, after: str, settings: str = "") -> MarketingIbisError:
    text = EVENTS["visits"]
    assert before in text
    shop = make_shop(folder, settings=settings, **(EVENTS | {"visits": text.replace(before, after, 1)}))
    with pytest.raises(MarketingIbisError) as caught:
        shop.project.compile(AS_OF)
    return caught.value


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (KEYS, "tags=()", "model visits is incremental and declares neither unique_key= nor watermark="),
        ('watermark="day", ', "", "model visits declares unique_key= without watermark="),
        ('unique_key="customer_id", ', "", "model visits declares watermark= without unique_key="),
        ('"customer_id", watermark', '"customer", watermark', "unique_key= names customer, which is not one of its"),
        ('watermark="day"', 'watermark="days"', "watermark= names days, which is not one of its columns"),
        ('watermark="day"', 'watermark="visit"', "watermark= names visit, which is int64"),
        ('watermark="day"', "watermark=7", "watermark= is 7, not a string"),
        ("timedelta(days=3)", "3", "lookback= is 3, not a duration in whole seconds"),
        ("timedelta(days=3)", "timedelta(days=-3)", "not a duration in whole seconds"),
        ("timedelta(days=3)", "timedelta(hours=3)", "lookback= is 3:00:00, but the watermark day is a date"),
        ('"customer_id", watermark', "7, watermark", "unique_key= is 7"),
        (KEYS, f'{KEYS}, on_schema_change="ignore"', "on_schema_change= is 'ignore'"),
        (
            '"When."),\n            column("visit"',
            '"When.", nullable=True),\n            column("visit"',
            "day, which is null",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, before: str, after: str, message: str) -> None:
    error = refusal(tmp_path, before, after)
    assert isinstance(error, CompileError)
    assert message in error.message
    assert error.hint


def test_the_settings_make_a_model_incremental_that_declares_its_key(tmp_path: Path) -> None:
    text = EVENTS["visits"].replace('materialized="incremental", ', "")
    project = make_shop(tmp_path, settings=SETTINGS, **(EVENTS | {"visits": text})).project
    declaration = project.compile(AS_OF).models["visits"].declaration
    assert (declaration.materialized, declaration.is_incremental) == ("table", True)
    assert project.nodes()["visits"].materialized == "incremental"


def test_the_settings_name_a_model_without_a_key(tmp_path: Path) -> None:
    error = refusal(tmp_path, INCREMENTAL, 'grain=("id",)', SETTINGS)
    assert isinstance(error, ConfigurationError)
    assert 'models.visits.materialized is "incremental", and visits declares no key.' in error.message
    assert "unique_key=" in error.hint


def test_the_settings_make_an_incremental_model_a_table(tmp_path: Path) -> None:
    project = make_shop(tmp_path, settings=SETTINGS.replace("incremental", "table"), **EVENTS).project
    assert not project.compile(AS_OF).models["visits"].declaration.is_incremental
