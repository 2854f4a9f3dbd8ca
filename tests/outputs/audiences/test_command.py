"""``export AUDIENCE`` as users see it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from tests.invocation import Run, invoke

pytestmark = pytest.mark.usefixtures("own_modules")

KEY = "0123456789abcdef0123456789abcdef"
OPTIONAL = '[tool.marketing_ibis.sources.raw_customers]\noptional = ["email", "phone", "consent"]\n'
FILES = {
    "customers": "id,first_name,last_name,email,phone,consent\n1,Ann,A,Ann@Example.com,+49301234567,true\n"
    "2,Bob,B,bob@example.com,,true\n3,Cy,C,cy@example.com,,false\n4,Dee,D,dee@example.com,,true\n",
    "orders": "id,user_id,order_date,status,cycle_name\n1,1,2024-01-05,completed,Lamp\n",
    "payments": "id,order_id,payment_method,amount,cycle_name\n1,1,credit_card,5000,Lamp\n",
}
MODELS = '''"""Audiences."""

from marketing_ibis.model import audience

accounts = audience(
    model="stg_customers", consent="consent", owner="crm", description="Everyone.", {}
)
'''


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the database of a small shop whose customers have contacts."""
    folder = tmp_path_factory.mktemp("audiences")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{OPTIONAL}", "utf-8")
        (folder / "exports").mkdir()
        for name, content in FILES.items():
            (folder / "exports" / f"{name}.csv").write_text(content, "utf-8")
        invoke("seed", "--from", "exports", "-q")
        invoke("run", "-s", "+stg_customers", "--as-of", "2024-02-01", "-q")
    return folder / "target" / "warehouse.duckdb"


def declare(folder: Path, keywords: str = "", settings: str = OPTIONAL) -> None:
    (folder / "lists").mkdir(exist_ok=True)
    (folder / "lists" / "__init__.py").write_text('"""Lists."""\n', "utf-8")
    (folder / "lists" / "accounts.py").write_text(MODELS.format(keywords), "utf-8")
    (folder / "pyproject.toml").write_text(
        f'[tool.marketing_ibis]\ndataflows = ["dataflows", "lists"]\n{settings}', "utf-8"
    )


@pytest.fixture
def database(shop: Path, tmp_path: Path) -> tuple[str, str]:
    copy = tmp_path / "w.duckdb"
    copy.write_bytes(shop.read_bytes())
    return "--database", str(copy)


def test_consent_counts_when_the_list_is_exported(run: Run, database: tuple[str, str], tmp_path: Path) -> None:
    declare(tmp_path)
    output = run("export", "accounts", "--to", "a.csv", "--since-last", *database).output
    assert output == "Wrote accounts to a.csv: 3 customers on the list: 3 added, 0 changed, 0 removed.\n"
    assert "example" not in (tmp_path / "a.csv").read_text().lower()
    with duckdb.connect(database[1]) as connection:
        connection.execute("UPDATE dbt_production.customers SET consent = false WHERE id IN (1, 2)")
    output = run("export", "accounts", "--to", "b.csv", "--since-last", *database).output
    assert "1 customer on the list: 0 added, 0 changed, 2 removed." in output
    assert "accounts shrank from 3 to 1 customer since the last export" in " ".join(output.split())


def test_a_sheet_of_excel_with_contacts_in_clear(run: Run, database: tuple[str, str], tmp_path: Path) -> None:
    declare(tmp_path, 'destination="klaviyo", identifiers=("email", "phone"), condition="first_name <> \'Bob\'"')
    run("export", "accounts", "--to", "a.xlsx", "--include-pii", *database)
    rows = list(load_workbook(tmp_path / "a.xlsx").active.values)  # type: ignore[union-attr]
    assert rows == [("Email", "Phone Number"), ("ann@example.com", "+49301234567"), ("dee@example.com", None)]


def test_the_hold_out_needs_a_key_that_is_never_printed(
    run: Run, database: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(tmp_path, "holdout=0.5")
    for key, message in (("", "MARKETING_IBIS_PROJECT_KEY is not set"), ("short", "has 5 characters, and needs 32")):
        monkeypatch.setenv("MARKETING_IBIS_PROJECT_KEY", key)
        assert message in " ".join(run("export", "accounts", "--to", "a.csv", *database, code=2).output.split())
    monkeypatch.setenv("MARKETING_IBIS_PROJECT_KEY", KEY)
    assert " held out." in invoke("export", "accounts", "--to", "a.csv", *database, secret=KEY).output
    assert KEY.encode() not in Path(database[1]).read_bytes()


WRONG_DECLARATIONS = (
    ("holdout=1.0", "lists/accounts.py:5: accounts: holdout= is 1; it must be at least 0 and less than 1"),
    ('destination="googel"', "destination= is 'googel'; it must be one of plain, google"),
    ('destination="meta", identifiers=("country",)', "meta cannot find customers by country."),
    ('identifiers=("mail",)', "identifiers= has mail, which is not an identifier."),
    ('expires="soon"', "expires= is 'soon', which is not a day."),
    ("min_size=-1", "min_size= is -1; it must not be negative."),
    ('contacts="stg_customer"', "accounts depends on stg_customer, which is not a model."),
    ("hold_out=0.1", "audience(...) has no keyword hold_out=."),
    ('condition="1; DROP TABLE x"', "condition= of accounts '1; DROP TABLE x' is not one condition."),
    ('condition="total_orders"', "condition= of accounts names total_orders, which is not a column."),
    ('contacts="customers"', "a table: consent that was withdrawn since its build would still count."),
    ('identifiers=("email", "country")', 'set pass_through = ["country"] under'),
)


@pytest.mark.parametrize(("keywords", "message"), WRONG_DECLARATIONS)
def test_wrong_declarations_are_one_message(
    run: Run, database: tuple[str, str], tmp_path: Path, keywords: str, message: str
) -> None:
    declare(tmp_path, keywords)
    output = " ".join(run("export", "accounts", "--to", "a.csv", *database, code=2).output.split())
    assert message in output
    assert not (tmp_path / "a.csv").exists()


def test_a_list_without_consent_is_refused(run: Run, database: tuple[str, str], tmp_path: Path) -> None:
    declare(tmp_path)
    (tmp_path / "lists" / "accounts.py").write_text(MODELS.format("").replace('consent="consent", ', ""), "utf-8")
    output = run("export", "accounts", "--to", "a.csv", *database, code=2).output
    assert "lists/accounts.py:5: accounts needs consent= in its audience(...)." in output
    declare(tmp_path, settings="")
    output = " ".join(run("export", "accounts", "--to", "a.csv", *database, code=2).output.split())
    assert "needs the columns consent and email of stg_customers, which does not have them." in output
    assert 'set optional = ["consent", "email"] under [tool.marketing_ibis.sources.raw_customers]' in output


def test_options_that_do_not_fit(run: Run, database: tuple[str, str], tmp_path: Path) -> None:
    declare(tmp_path)
    for arguments, message in (
        (("accounts", "--to", "a.csv", "--where", "1 = 1"), "--where is for models"),
        (("accounts", "--to", "a.csv", "--order-by", "customer_id"), "--order-by is for models"),
        (("accounts", "--to", "s3://bucket/a.csv"), "An audience is written to a file of this machine."),
        (("accounts", "--to", "a.csv", "--results"), "The audience accounts was never exported."),
        (("customers", "--to", "a.csv", "--results"), "--results is for audiences."),
        (("customers", "--to", "a.csv", "--since-last"), "--since-last is for audiences."),
        (("accounts", "--to", "pyproject.toml/a.csv"), "pyproject.toml is a file, not a folder."),
    ):
        assert message in run("export", *arguments, *database, code=2).output
    assert "accounts" in run("export", "acounts", "--to", "a.csv", *database, code=1).output
    names = run("ls", "--resource-type", "audience").output.split()
    assert names == ["champions", "first_purchase", "win_back", "accounts"]
    assert run("ls").output.split()[-1] == "accounts"
