"""A new project builds, passes its tests and lints at once, and overwrites no file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from marketing_ibis.errors import UsageError
from marketing_ibis.project.scaffold import check_name, project_files, write_project
from marketing_ibis.project.settings import load_project
from tests.invocation import invoke as run

AS_OF = ("--as-of", "2024-03-31")
RESULTS = [
    ("newsletter", "25.00", "1", "25.0"),
    ("posters", "80.00", "0", None),
    ("search", "450.00", "3", "150.0"),
    ("spring", "219.50", "2", "109.75"),
]

NO_SHRINKING = """
from hypothesis import Phase, settings
settings.register_profile("quick", phases=(Phase.generate,))
settings.load_profile("quick")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_modules: None) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def python(*arguments: str, at: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=at, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_project_builds_its_own_tables(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = run("init", "my-shop").output
    assert "to my-shop, the models to its package my_shop. Next:" in output
    monkeypatch.chdir(folder / "my-shop")
    advised = [line.split("marketing_ibis ")[1].split() for line in output.splitlines() if "marketing_ibis " in line]
    assert [call[0] for call in advised] == ["seed", "build"]
    for call in advised:
        output = run(*call).output
    assert "Tests: PASS" in output
    with duckdb.connect("target/warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "SELECT campaign, cost::TEXT, signups::TEXT, cost_per_signup::TEXT FROM analytics.campaign_results"
        )
        assert sorted(rows.fetchall()) == RESULTS
        schemas = connection.execute(
            "SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1"
        ).fetchall()
        assert schemas == [("analytics",), ("raw",)]


def test_every_command_works_in_a_new_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "shop_a")
    monkeypatch.chdir(folder / "shop_a")
    assert run("ls").output.split() == [
        "raw_signups",
        "raw_spend",
        "stg_signups",
        "stg_spend",
        "campaign_results",
        "budget_dashboard",
    ]
    assert "seed --from DIR" in run("build", "--demo", code=2).output
    run("seed", "--from", "data")
    run("run", *AS_OF)
    assert "3 models, 2 sources, 1 exposure" in run("debug").output
    run("test", *AS_OF)
    run("freshness", *AS_OF)
    assert '"analytics"."stg_spend"' in run("compile", "-s", "campaign_results").output
    assert "campaign_results" in run("lineage", "campaign_results.cost").output
    run("export", "campaign_results", "--to", "results.csv")
    assert Path("results.csv").read_text("utf-8").splitlines()[2] == '"posters",80.00,0,'
    run("report")
    assert "search cost most: 450.00" in Path("target", "report.html").read_text("utf-8")
    Path("shop_a", "report.py").unlink()
    assert "This project has no report" in run("report", code=2).output
    for target in ("postgres", "redshift"):
        run("compile", "--target", target)


def test_personal_data_of_a_new_project_reaches_no_model(folder: Path) -> None:
    run("init", "shop_b")
    dataflow = load_project(folder / "shop_b").compile(load_project(folder / "shop_b").today())
    personal = {c.name for c in dataflow.sources["raw_signups"].declaration.contract.columns if c.pii}
    assert personal == {"email"}
    assert not any(personal & set(model.schema) for model in dataflow.models.values())


def test_its_tests_fail_when_a_model_is_broken(folder: Path) -> None:
    """That they pass before is shown with the tests of the how-to."""
    run("init", "shop_c")
    project = folder / "shop_c"
    model = project / "shop_c" / "marts" / "campaign_results.py"
    text = model.read_text("utf-8")
    broken = text.replace("stg_spend.cost_cents.sum()", "stg_spend.cost_cents.max()")
    assert broken != text
    model.write_text(broken, "utf-8")
    # The failure matters, not how small the example can be made.
    (project / "tests" / "conftest.py").write_text(NO_SHRINKING, "utf-8")
    done = subprocess.run([sys.executable, "-m", "pytest"], cwd=project, capture_output=True, text=True)
    assert done.returncode == 1
    assert "2 failed, 3 passed" in done.stdout


@pytest.mark.parametrize("place", ["shop_g", "shop_g/staging/new", "shop_g/marts"])
def test_a_folder_inside_a_projects_models_is_refused(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", "shop_g")
    monkeypatch.chdir(folder / "shop_g")
    before = written(folder)
    output = " ".join(run("init", place, "--name", "other", code=2).output.split())
    assert f"is inside {folder}/shop_g/shop_g, a package of models of the project in {folder}/shop_g." in output
    assert "Choose a folder outside of that project; nothing was written." in output
    assert written(folder) == before
    assert "stg_spend" in run("ls").output


def test_a_project_may_be_next_to_the_models_of_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "shop_h")
    monkeypatch.chdir(folder / "shop_h")
    run("init", "tools/shop_i")
    assert "stg_spend" in run("ls").output
    monkeypatch.chdir(folder / "shop_h" / "tools" / "shop_i")
    assert "stg_spend" in run("ls").output


def test_demo_data_is_suggested_only_where_there_is_some(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "shop_j")
    monkeypatch.chdir(folder / "shop_j")
    assert "Fill one with `seed --from DIR` and build it" in run("build", code=1).output
    assert "--demo" not in run("seed", code=2).output.partition("Error:")[2]
    run("seed", "--from", "data")
    with duckdb.connect("target/warehouse.duckdb") as connection:
        connection.execute("DROP TABLE raw.spend")
    for command in ("run", "build"):
        output = " ".join(run(command, *AS_OF, code=1).output.split())
        assert "Load it, for example with `seed --from DIR`, or correct source_schema" in output
    Path("shop_j", "demo.py").write_text('"""Generated data."""\n')
    assert "Fill it with `seed --demo` or `seed --from DIR`, or correct" in " ".join(
        run("run", *AS_OF, code=1).output.split()
    )


def test_what_is_written_is_clean(folder: Path) -> None:
    run("init", "shop_d")
    python("ruff", "check", "--no-cache", ".", at=folder / "shop_d")
    python("ruff", "format", "--no-cache", "--check", ".", at=folder / "shop_d")


def test_the_current_folder_is_the_default(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "shop_e").mkdir()
    monkeypatch.chdir(folder / "shop_e")
    output = run("init").output
    assert "files to this folder" in output
    assert "cd " not in output
    assert Path("shop_e", "sources.py").is_file()
    assert run("ls", "-s", "staging").output.split() == ["stg_signups", "stg_spend"]


def test_a_name_is_chosen(folder: Path) -> None:
    run("init", "deep/er", "--name", "Shop2")
    assert load_project(folder / "deep" / "er").dataflows == ("Shop2",)
    assert (folder / "deep" / "er" / "Shop2" / "sources.py").is_file()


def test_other_files_of_the_folder_stay(folder: Path) -> None:
    (folder / "LICENSE").write_text("mine")
    (folder / "tests").mkdir()
    run("init", ".", "--name", "shop_f")
    assert (folder / "LICENSE").read_text() == "mine"


@pytest.mark.parametrize("present", [str(path) for path in project_files("shop_g")])
def test_a_file_that_is_there_is_named_and_nothing_written(folder: Path, present: str) -> None:
    (folder / present).parent.mkdir(parents=True, exist_ok=True)
    (folder / present).write_text("mine")
    before = written(folder)
    output = run("init", ".", "--name", "shop_g", code=2).output
    assert f"{present} exists already." in output
    assert written(folder) == before
    assert (folder / present).read_text() == "mine"


def test_a_link_to_nowhere_is_a_file_that_is_there(folder: Path) -> None:
    (folder / "README.md").symlink_to(folder / "elsewhere")
    assert "README.md exists already." in run("init", ".", "--name", "shop_h", code=2).output
    assert written(folder) == {"README.md"}


@pytest.mark.parametrize("present", ["tests", "shop_i", "shop_i/staging"])
def test_a_file_in_place_of_a_folder_is_named(folder: Path, present: str) -> None:
    (folder / present).parent.mkdir(exist_ok=True)
    (folder / present).write_text("mine")
    before = written(folder)
    assert f"{present} is a file, not a folder." in run("init", ".", "--name", "shop_i", code=2).output
    assert written(folder) == before


def test_a_directory_that_is_a_file_is_named(folder: Path) -> None:
    (folder / "shop_j").write_text("mine")
    assert "shop_j is a file, not a folder." in run("init", "shop_j", code=2).output


@pytest.mark.parametrize("fails_at", [1, 5, 10])
def test_a_failure_in_the_middle_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    opened = Path.open
    calls = 0

    def failing(path: Path, *arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(28, "No space left on device", str(path))
        return opened(path, *arguments, **named)  # type: ignore[call-overload]

    texts = project_files("shop_k")
    monkeypatch.setattr(Path, "open", failing)
    with pytest.raises(UsageError, match=r"No space left on device\. Nothing was written"):
        write_project(folder / "new" / "shop_k", texts)
    assert calls == fails_at
    assert written(folder) == set()


def test_an_interruption_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = project_files("shop_l")
    made = Path.mkdir

    def interrupted(path: Path, *arguments: object) -> None:
        if path.name == "tests":
            raise KeyboardInterrupt
        made(path)

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_project(folder / "shop_l", texts)
    assert written(folder) == set()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("2shops", "'2shops' cannot be the name of a package"),
        ("my shop", "cannot be the name of a package"),
        ("my-shop", "cannot be the name of a package"),
        ("shop_", "cannot be the name of a package"),
        ("café", "cannot be the name of a package"),
        ("../shop", "cannot be the name of a package"),
        ("shop\n", "cannot be the name of a package"),
        ("", "'' cannot be the name of a package"),
        ("class", "class is a Python keyword"),
        ("ibis", "There is a module ibis already"),
        ("dataflows", "There is a module dataflows already"),
        ("marketing_ibis", "There is a module marketing_ibis already"),
        ("json", "There is a module json already: it comes with Python."),
        ("tests", "The package cannot be called tests: the project has another folder"),
        ("Data", "The package cannot be called Data: the project has another folder"),
        ("target", "The package cannot be called target: the project has another folder"),
    ],
)
def test_an_invalid_name_is_reported(folder: Path, name: str, message: str) -> None:
    output = run("init", "new", "--name", name, code=2).output
    assert message in output
    assert "--name" in output
    assert written(folder) == set()


def test_the_name_of_the_folder_is_judged_too(folder: Path) -> None:
    assert "There is a module ibis already" in run("init", "ibis", code=2).output
    assert "'2024' cannot be" in run("init", "2024", code=2).output
    assert written(folder) == set()


def test_what_stands_in_the_projects_own_folder_is_no_other_module(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "shop_m").mkdir()
    (folder / "shop_m" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(folder)
    check_name("shop_m", folder)
    with pytest.raises(UsageError, match="There is a module shop_m already"):
        check_name("shop_m", folder / "elsewhere")


@pytest.mark.parametrize("name", ["my shop", "it's", "$HOME", "-x", "a;b", "shop_n"])
def test_what_is_next_works_in_a_shell_as_it_is_printed(folder: Path, name: str) -> None:
    output = run("init", "--name", "shop_n", "--", name).output
    lines = [line.strip() for line in output.partition("Next:")[2].splitlines() if line.strip()]
    assert [line.split("marketing_ibis ")[-1] for line in lines[1:3]] == [
        "seed --from data",
        "build --as-of 2024-03-31",
    ]
    assert [line.split()[-1] for line in lines[3:]] == ["pytest"]
    # No other line contains the name.
    is_loaded = name == "it's"
    script = "\n".join(("set -e", lines[0], "pwd", *(lines[1:2] if is_loaded else ())))
    done = subprocess.run(["/bin/sh", "-c", script], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == str(folder / name)
    assert (folder / name / "target" / "warehouse.duckdb").is_file() == is_loaded


def test_what_is_next_names_the_python_that_has_the_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert f"{sys.executable} -m marketing_ibis seed --from data" in run("init", "shop_o").output
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert "  python -m marketing_ibis seed --from data" in run("init", "shop_p").output
    # The scripts of a virtual environment start its python3.
    monkeypatch.setattr(sys, "executable", str(Path(sys.executable).parent / "python3"))
    assert "  python -m marketing_ibis seed --from data" in run("init", "shop_r").output


def test_it_is_said_that_the_dependency_is_not_on_pypi(folder: Path) -> None:
    run("init", "shop_q")
    text = (folder / "shop_q" / "pyproject.toml").read_text("utf-8")
    before = text.partition('dependencies = ["marketing-ibis"]')[0].splitlines()[-1]
    assert before.startswith("# marketing-ibis is not on PyPI yet")


def test_a_new_project_of_adapters_builds_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = run("init", "bikes", "--adapter").output
    assert "to bikes, the adapters to its package bikes. Next:" in output
    assert "pytest" not in output
    monkeypatch.chdir(folder / "bikes")
    for line in output.splitlines():
        if "marketing_ibis " in line:
            run(*line.split("marketing_ibis ")[1].split())
    with duckdb.connect("target/warehouse.duckdb", read_only=True) as connection:
        totals = connection.execute("SELECT count(*), sum(amount)::TEXT FROM analytics.orders").fetchall()
        names = connection.execute(
            "SELECT first_name, last_name FROM analytics.customers ORDER BY customer_id LIMIT 2"
        ).fetchall()
    assert totals == [(5, "3099.29")]
    assert names == [("Ada", "Lovelace"), ("Emmy", "Noether")]
    assert sorted(run("ls", "-s", "adapters").output.split()) == ["raw_customers", "raw_orders", "raw_payments"]


def test_adapters_of_a_preset_are_not_those_of_the_example(folder: Path) -> None:
    output = run("init", "bikes", "--adapter", "--preset", "olist", code=2).output
    assert "--adapter and --preset exclude each other." in output
    assert written(folder) == set()


def test_a_project_has_one_preset(folder: Path) -> None:
    output = run("init", "bikes", "--preset", "olist", "--preset", "stripe", code=2).output
    assert "A project has one preset, not olist and stripe." in output
    assert "docs/how-to/presets.md" in "".join(output.split("\n"))
    assert written(folder) == set()
