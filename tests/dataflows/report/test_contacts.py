"""The report's statements about whom to contact: lists, audiences, and buyers at risk with whom to begin."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from dataflows.lib.churn_rules import ChurnRules
from dataflows.marts.next_best_action import ActionRules
from dataflows.report import REPORT, actions, contacts, decisions, details
from dataflows.report.rows import Action, Contact, Risk
from dataflows.report.rules import Rules, rules_of
from marketing_ibis.model.audiences import Audience
from marketing_ibis.project.audiences import AudienceSize, DeclaredAudience
from marketing_ibis.report import Answers, page
from tests.dataflows.report.shops import context_of
from tests.report.markup import cells, parse, words


def test_lists_name_their_size_value_and_command() -> None:
    lists = [Contact("campaign_champions", 2, Decimal(500)), Contact("campaign_win_back", 1, Decimal(900))]
    section = contacts.describe(lists, context_of().models)
    assert words(section.title) == "2 lists to contact; campaign_win_back has 1 customer, who has paid $900 so far"
    (table,) = section.tables
    assert words(" | ".join(table.rows[0])) == (
        "campaign_win_back | Customers to win back: those who bought often or for high amounts, but not recently. | 1"
        " | $900.00"
    )
    assert table.commands
    assert table.commands.lines[0] == (
        "campaign_win_back",
        "marketing-ibis export campaign_win_back --to campaign_win_back.csv",
    )
    assert any("Every segment, also one without a list" in " ".join(note.split()) for note in section.notes)
    empty = contacts.describe([Contact("campaign_champions", 0, Decimal(0))], {})
    assert (empty.title, empty.tables) == ("No customer is on a list to contact", ())


RISKS = [
    Risk("Low", "Champions", 10, 1, Decimal(900)),
    Risk("High", "Champions", 20, 15, Decimal(100)),
    Risk("High", "Lost", 40, 20, Decimal(300)),
    Risk("Medium", "Lost", 10, 5, Decimal(100)),
]


NEXT_ACTIONS = [
    Action("Champions", "Personal win-back", 20, Decimal(100)),
    Action("Lost", "Personal win-back", 5, Decimal(150)),
    Action("Lost", "Low-cost win-back", 35, Decimal(150)),
    Action("Champions", "Cross-sell", 10, Decimal(900)),
]


def test_buyers_at_high_risk_are_counted_with_what_they_paid_and_ranked() -> None:
    section = contacts.describe([Contact("campaign_champions", 2, Decimal(5))], {}, RISKS, next_actions=NEXT_ACTIONS)
    assert words(section.title) == "Begin with “Personal win-back”: 25 buyers at high risk who have paid $250 so far"
    assert words(section.lead) == (
        "60 buyers (75%) are at high risk of not coming back: no order for 3 usual gaps or more, and $400 paid so"
        " far. Begin with “Personal win-back”: 25 buyers with a monetary score of 4 or more. Then comes “Low-cost"
        " win-back”: 35 buyers with a monetary score below 4."
    )
    _, bands, ranking = section.tables
    assert cells(bands.rows) == [
        ["High", "3 usual gaps or more", "60", "75%", "35", "$400.00"],
        ["Medium", "1 usual gap to less than 3 usual gaps", "10", "13%", "5", "$100.00"],
        ["Low", "less than 1 usual gap", "10", "13%", "1", "$900.00"],
    ]
    assert cells(ranking.rows) == [
        ["Lost", "40", "5", "35", "$300.00", "75%", "$7.50"],
        ["Champions", "20", "20", "0", "$100.00", "25%", "$5.00"],
    ]
    assert bands.commands
    assert "churn_risk_band = 'High'" in bands.commands.lines[0][1]


def test_the_limits_of_churn_risk_are_those_of_the_settings() -> None:
    rules = Rules(
        churn=ChurnRules(medium_from_score=60, high_from_score=80), actions=ActionRules(win_back_min_monetary=5)
    )
    lists = [Contact("campaign_champions", 2, Decimal(5))]
    section = contacts.describe(lists, {}, RISKS, rules=rules, next_actions=NEXT_ACTIONS)
    assert [words(row[1]) for row in section.tables[1].rows] == [
        "4 usual gaps or more",
        "1.5 usual gaps to less than 4 usual gaps",
        "less than 1.5 usual gaps",
    ]
    assert "Medium begins at a score of 60, High at 80" in section.notes[-1]
    assert "with a monetary score of 5 or more" in words(section.lead)
    assert rules_of({"churn_rules": rules.churn, "action_rules": rules.actions}) == rules


BEGINNING = re.compile(r"begin with [^.;\n]*|contact first[^.;\n]*", re.IGNORECASE)


@pytest.mark.parametrize(
    ("next_actions", "expected", "with_audience"),
    [
        (NEXT_ACTIONS, "Personal win-back", True),
        ([row for row in NEXT_ACTIONS if row.name != "Personal win-back"], "Low-cost win-back", False),
        ([row for row in NEXT_ACTIONS if row.name == "Cross-sell"], None, True),
    ],
)
def test_the_whole_report_begins_with_the_same_customers(
    golden_shop: Answers, next_actions: list[Action], expected: str | None, with_audience: bool
) -> None:
    sizes = (size("best", 40, 900),) if with_audience else ()
    results = {**golden_shop.results, decisions.risks: tuple(RISKS), details.actions: tuple(next_actions)}
    shop = replace(golden_shop, results=results, context=context_of(audiences=sizes))
    text = words(parse(str(page.render("document.html", page.page_of(REPORT, shop)))).text)
    beginnings = BEGINNING.findall(text)
    assert bool(beginnings) == (expected is not None)
    assert {name for part in beginnings for name in re.findall("“(.*?)”", part)} == ({expected} if expected else set())
    titles = (contacts.section(shop).title, actions.section(shop).title)
    assert not expected or all(f"“{expected}”" in title for title in titles)


def test_the_win_back_list_is_told_apart_from_the_first_step() -> None:
    next_actions = [
        *NEXT_ACTIONS,
        Action("At Risk", "Personal win-back", 7, Decimal(1)),
        Action("At Risk", "Cross-sell", 9, Decimal(1)),
    ]
    _, note = contacts.overlap_notes(next_actions)
    assert "another selection than “Personal win-back”" in note
    assert words(note).endswith("7 of the 32 belong to these segments.")
    assert len(contacts.overlap_notes([])) == 1


def test_audiences_are_counted_after_the_first_step() -> None:
    lists = [Contact("campaign_champions", 2, Decimal(5))]
    begin = "Begin with “Personal win-back”: 25 buyers at high risk who have paid $250 so far"
    ready = contacts.describe(lists, {}, RISKS, sizes=[size("best", 40, 900)], today=TODAY, next_actions=NEXT_ACTIONS)
    assert words(ready.title) == f"{begin}; 1 audience can be exported"
    blocked = contacts.describe(lists, {}, RISKS, sizes=[size("best", 0)], today=TODAY, next_actions=NEXT_ACTIONS)
    assert words(blocked.title) == f"{begin}; no audience can be exported yet"


TODAY = date(2024, 5, 15)


def size(name: str, contactable: int | None, value: int | None = None, **changes: object) -> AudienceSize:
    holdout = changes.pop("holdout", 0.0)
    declared = Audience(
        "campaign_champions", "consent", "crm", "The best.", holdout=holdout, min_size=changes.pop("min_size", 0),
        expires=str(changes.pop("expires", "")),
    )  # fmt: skip  # type: ignore[arg-type]
    worth = None if value is None else Decimal(value)
    base = AudienceSize(DeclaredAudience(name, declared, "a.py", 1), 100, contactable, worth)
    return replace(base, **changes)  # type: ignore[arg-type]


def test_audiences_come_first_with_consent_hold_out_and_last_export() -> None:
    sizes = [
        size("offer", 50, is_clear=True),
        size("best", 40, 900, holdout=0.1, exported_at=datetime(2024, 5, 1, 9), exported=35, held_out=4),
    ]
    section = contacts.describe([Contact("campaign_champions", 2, Decimal(5))], {}, sizes=sizes, today=TODAY)
    assert words(section.title) == (
        "2 audiences to contact; best has 40 customers who agreed and have paid $900 so far"
    )
    table, lists = section.tables
    assert cells(table.rows) == [
        [
            *("best", "The best. From campaign_champions.", "100", "40", "$900.00", "10%"),
            *("1 May 2024: 35 customers, 4 held out", "nothing"),
        ],
        [
            *("offer", "The best. From campaign_champions.", "100", "50", "\N{EN DASH}", "none", "never", "nothing"),
        ],
    ]
    assert table.commands
    assert table.commands.lines == (
        ("best", "marketing-ibis export best --to best.csv"),
        ("offer", "marketing-ibis export offer --to offer.csv --include-pii"),
    )
    assert lists.caption == "Lists of customers to contact"


@pytest.mark.parametrize(
    ("audience", "obstacle"),
    [
        (size("a", None, missing=("email", "consent")), "needs email and consent of stg_customers"),
        (size("a", 0), "no customer agreed"),
        (size("a", 9, min_size=10), "smaller than its minimum of 10"),
        (size("a", 9, expires="2024-05-14"), "expired on 14 May 2024"),
        (
            size("a", None, problem="dbt_marketing.buyers has not been built."),
            "dbt_marketing.buyers has not been built.",
        ),
    ],
)
def test_what_prevents_an_export_is_said(audience: AudienceSize, obstacle: str) -> None:
    section = contacts.describe([Contact("campaign_champions", 2, Decimal(5))], {}, sizes=[audience], today=TODAY)
    assert words(section.tables[0].rows[0][-1]) == obstacle
    assert words(section.title) == (
        "1 list to review, but no audience can be exported yet; campaign_champions has 2 customers, who have paid $5.00"
        " so far"
    )
    assert section.tables[0].commands is None
    step = " Load the missing columns with the customers." if audience.missing else ""
    assert words(section.lead) == f"No audience can be exported yet. a: {obstacle.rstrip('.')}.{step}"
    ready = contacts.describe([], {}, sizes=[audience, size("b", 1, 5)], today=TODAY)
    assert words(ready.title) == (
        "1 audience to contact; b has 1 customer who agreed and has paid $5.00 so far (too few to measure an effect)"
    )
    assert not ready.lead
    assert ready.tables[0].commands
    assert [name for name, _ in ready.tables[0].commands.lines] == ["b"]
