"""An obstacle to a build gives one message, the published tables are unchanged, and the next build succeeds."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import pytest

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import Result, run_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import TEMPORARY, RunFailed
from tests.engines.postgres.warehouse import settings_of
from tests.paths import JAFFLE
from tests.safety.launcher import Call, Ending, Launcher, launcher
from tests.safety.scenes import (
    MODELS_BUILT,
    THOROUGH,
    WITHOUT_FIT,
    DuckDBScene,
    PostgresScene,
    Scene,
    leftovers,
    look,
    open_scene,
    run,
)
from tests.safety.watching import State, look_at_once
from tests.warehouse import compiled_dataflow

MODELS, SOURCES = "dbt_marketing", "dbt_production"
OLD, NEW = "2018-02-15", "2018-04-10"


class Place:
    """A database with a build of the old day, in which something will fail."""

    def __init__(self, scene: Scene, forking: Launcher) -> None:
        self.scene, self.forking = scene, forking
        run(scene, forking, "seed", "--from", str(JAFFLE))
        run(scene, forking, "run", *MODELS_BUILT, "--as-of", OLD)
        self.before = self.look()

    def look(self) -> tuple[State, State]:
        return look(self.scene, SOURCES), look(self.scene, MODELS)

    def call(self, *arguments: str, **when: object) -> Ending:
        ending = self.forking.run(self.scene.call(*arguments, **when))
        assert "Traceback" not in ending.output
        return ending

    def stands(self) -> None:
        assert self.look() == self.before

    def elsewhere(self, file: str) -> Ending:
        call = Call(("run", "--database", file), str(self.scene.folder))
        return self.forking.run(call)

    def recovers(self) -> None:
        """The next build succeeds, and leaves no other relations."""
        run(self.scene, self.forking, "run", *MODELS_BUILT, "--as-of", OLD)
        assert not leftovers(self.scene)
        self.stands()

    def execute(self, *statements: str) -> None:
        if isinstance(self.scene, DuckDBScene):
            with duckdb.connect(str(self.scene.file)) as connection:
                for statement in statements:
                    connection.execute(statement)
        else:
            with self.scene.connected() as query:
                for statement in statements:
                    query(statement)


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory, forking: Launcher) -> Iterator[Place]:
    with open_scene("duckdb", tmp_path_factory.mktemp("duckdb")) as scene:
        yield Place(scene, forking)


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, forking: Launcher) -> Iterator[Place]:
    with open_scene("postgres", tmp_path_factory.mktemp("postgres")) as scene:
        yield Place(scene, forking)


@pytest.fixture(params=["duckdb", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture(scope="module")
def other() -> Iterator[Launcher]:
    with launcher() as process:
        yield process


def test_of_two_builds_at_once_one_reports_the_other(place: Place, other: Launcher) -> None:
    call = place.scene.call("run", *MODELS_BUILT, "--as-of", OLD)
    with ThreadPoolExecutor(2) as pool:
        # The second has reported it when the first ends, or has run after it.
        first, second = pool.map(lambda process: process.run(call), [place.forking, other])
    busy = "in use by another process|Another command is using schema dbt_marketing"
    expected = {0: "Published schema", TEMPORARY: busy}
    assert 0 in (first.code, second.code)
    for ending in (first, second):
        assert re.search(expected[ending.code], ending.output), ending.output
    place.recovers()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, forking: Launcher) -> Iterator[Place]:
    """A shop whose tables are of some megabytes: small ones find room in the file that is there."""
    with open_scene("duckdb", tmp_path_factory.mktemp("large")) as scene:
        place = Place(scene, forking)
        run(scene, forking, "seed", "--demo", "--orders", "60000", "--as-of", NEW)
        run(scene, forking, "run", *MODELS_BUILT, "--as-of", OLD)
        place.before = place.look()
        yield place


def test_a_full_disk_under_duckdb(large: Place) -> None:
    """No file may grow beyond what the largest is now; DuckDB writes over its own blocks as it does on a full disk."""
    ending = large.call("run", *MODELS_BUILT, "--as-of", NEW, file_limit=size_of(large))
    assert ending.code == 1, ending.output
    assert "File too large" in ending.output
    large.stands()
    run(large.scene, large.forking, "run", *MODELS_BUILT, "--as-of", NEW)
    assert not leftovers(large.scene)


def test_a_full_disk_under_duckdb_while_seeding(on_duckdb: Place) -> None:
    """The limit is below the size of the file, whose free blocks may have room for a shop."""
    ending = on_duckdb.call("seed", "--demo", "--orders", "200000", file_limit=1 << 20)
    assert ending.code == 1, ending.output
    assert "File too large" in ending.output
    on_duckdb.stands()
    on_duckdb.recovers()


def size_of(place: Place) -> int:
    assert isinstance(place.scene, DuckDBScene)
    return place.scene.file.stat().st_size


FULL = """
CREATE FUNCTION public.full_disk() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
END $$
"""


@pytest.mark.parametrize("command", ["CREATE TABLE AS", "CREATE INDEX", "CREATE TABLE", "ALTER TABLE"])
def test_a_full_disk_under_postgres(on_postgres: Place, command: str) -> None:
    """The server raises the error during a command, the last time while publishing."""
    on_postgres.execute(
        FULL,
        f"CREATE EVENT TRIGGER full_disk ON ddl_command_end WHEN TAG IN ('{command}') EXECUTE FUNCTION full_disk()",
    )
    try:
        arguments = (
            ("seed", "--from", str(JAFFLE)) if command == "CREATE TABLE" else ("run", *MODELS_BUILT, "--as-of", NEW)
        )
        ending = on_postgres.call(*arguments)
    finally:
        on_postgres.execute("DROP EVENT TRIGGER full_disk", "DROP FUNCTION full_disk")
    assert ending.code == 1
    assert "No space left on device" in ending.output
    on_postgres.stands()
    on_postgres.recovers()


def test_a_build_that_is_killed_in_a_long_statement_does_not_keep_the_next_one_out(on_postgres: Place) -> None:
    on_postgres.execute(
        "CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_catalog.pg_sleep(60); END $$",
        "CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE TABLE AS') EXECUTE FUNCTION slow()",
    )
    try:
        assert on_postgres.call("run", *MODELS_BUILT, "--as-of", NEW, seconds=1.0).was_killed
    finally:
        on_postgres.execute("DROP EVENT TRIGGER slow", "DROP FUNCTION slow")
    # The server checks each second whether the client is still connected.
    time.sleep(1.5)
    on_postgres.recovers()


def test_a_read_only_server(on_postgres: Place) -> None:
    scene = on_postgres.scene
    assert isinstance(scene, PostgresScene)
    database = scene.environment["SHOP_DATABASE"]
    on_postgres.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    try:
        for arguments in (("run", *MODELS_BUILT, "--as-of", NEW), ("seed", "--demo")):
            ending = on_postgres.call(*arguments)
            assert ending.code == 2, ending.output
            assert "is read-only" in ending.output
            assert ending.output.count("Name the primary server") == 1
    finally:
        on_postgres.execute(
            "SET default_transaction_read_only = off", f"ALTER DATABASE {database} RESET default_transaction_read_only"
        )
    on_postgres.stands()
    on_postgres.recovers()


def test_a_place_where_nobody_can_write(on_duckdb: Place) -> None:
    call = Call(("seed", "--demo", "--database", "/proc/warehouse.duckdb"), str(on_duckdb.scene.folder))
    ending = on_duckdb.forking.run(call)
    assert ending.code == 2
    assert "/proc/warehouse.duckdb" in ending.output
    assert "Choose another file with --database." in ending.output


def test_a_damaged_file_is_not_called_busy(on_duckdb: Place, tmp_path: Path) -> None:
    assert isinstance(on_duckdb.scene, DuckDBScene)
    content = bytearray(on_duckdb.scene.file.read_bytes())
    content[4096:8192] = content[8192:12288] = Random(1).randbytes(4096)
    damaged = tmp_path / "blocks.duckdb"
    damaged.write_bytes(content)
    ending = on_duckdb.elsewhere(str(damaged))
    assert ending.code == 2
    assert "is not a DuckDB database, or it is damaged" in ending.output
    assert damaged.read_bytes() == content


CHANGES = {
    "vanished": (
        "ALTER TABLE {} RENAME TO gone",
        "does not exist",
        "ALTER TABLE dbt_production.gone RENAME TO payments",
    ),
    "other_type": (
        "ALTER TABLE {} ALTER payment_method TYPE BYTEA USING payment_method::BYTEA",
        "Column payment_method of the source table dbt_production.payments is binary, declared string",
        "ALTER TABLE {} ALTER payment_method TYPE VARCHAR USING {}",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_source_that_changes_between_two_builds(place: Place, change: str) -> None:
    table, (alter, message, back) = "dbt_production.payments", CHANGES[change]
    text = "decode(payment_method)" if place.scene.engine == "duckdb" else "convert_from(payment_method, 'UTF8')"
    views = [f"DROP VIEW IF EXISTS dbt_marketing.{name} CASCADE" for name in ("stg_customer_activity", "stg_payments")]
    place.execute(*views, alter.format(table))
    tables = {name: state for name, state in place.before[1].items() if name in look(place.scene, MODELS)}
    ending = place.call("run", *MODELS_BUILT, "--as-of", NEW)
    assert ending.code == 1
    assert message in ending.output
    assert look(place.scene, MODELS) == tables
    place.execute(back.format(table, text))
    place.recovers()


@pytest.mark.parametrize(
    ("engine", "alter", "message", "published"),
    [
        ("duckdb", "DROP TABLE {} CASCADE", r"dbt_production\.payments changed", False),
        ("postgres", "DROP TABLE {} CASCADE", r"dbt_production\.payments changed", False),
        ("duckdb", "ALTER TABLE {} ALTER amount TYPE VARCHAR", r"dbt_production\.payments changed", False),
        ("postgres", "ALTER TABLE {} ALTER amount TYPE VARCHAR", "cannot alter type of a column used by a view", True),
    ],
)
def test_a_source_that_changes_in_the_midst_of_a_build(
    engine: str, alter: str, message: str, published: bool, tmp_path: Path, forking: Launcher
) -> None:
    """After the views over it are created and before the tables are: the change is refused, or nothing is published."""
    dataflow = compiled_dataflow(date.fromisoformat(NEW))
    with open_scene(engine, tmp_path) as scene:
        place = Place(scene, forking)
        names = tuple(name for name in dataflow.models if name in place.before[1])
        plan = build_plan(dataflow, names, ENGINES[engine].dialect(), Schemas())
        built = set(names) - WITHOUT_FIT
        tables = [step.name for step in plan.steps() if step.kind == "table" and step.name in built]
        messages: list[str] = []
        with open_target(scene) as target, open_target(scene, target) as other:

            def meddle(result: Result) -> None:
                if result.step.name == "stg_payments":
                    try:
                        other.execute(alter.format("dbt_production.payments"))
                    except RunFailed as error:
                        messages.append(error.message)

            was_published = False
            try:
                results = run_plan(plan, target, on_result=meddle)
                was_published = results.published
                messages += [failure.message for failure in results.failures]
            except RunFailed as error:
                messages.append(error.message)
        assert re.search(message, " ".join(messages)), messages
        assert was_published == published
        with scene.connected() as query:
            stand = look_at_once(query, engine, MODELS, tables)
        assert all((stand[name] == place.before[1][name]) != published for name in tables)
        run(scene, forking, "seed", "--from", str(JAFFLE), "--replace")
        place.recovers()


def open_target(scene: Scene, beside: Target | None = None) -> contextlib.AbstractContextManager[Target]:
    """Open a second connection, on DuckDB ``beside`` the one that is open in this process."""
    if isinstance(scene, PostgresScene):
        return ENGINES["postgres"].open(settings_of(scene.uri))
    assert isinstance(scene, DuckDBScene)
    return beside.session() if beside else ENGINES["duckdb"].open({"path": scene.file})


ROWS, BAD = 1_000_000, 654_321
BUILT_ROWS, BAD_BUILT = (ROWS, BAD) if THOROUGH else (300_000, 234_567)
"""A build reads more rows than DuckDB keeps in one group of rows. A file is read in parts only if it is larger."""


def test_one_wrong_cell_among_a_million_is_named(on_duckdb: Place, tmp_path: Path) -> None:
    for table in ("customers", "payments"):
        shutil.copy(JAFFLE / f"{table}.csv", tmp_path)
    lines = [f"{row},{row % 100},2018-01-01,completed,Bike" for row in range(ROWS)]
    lines[BAD] = f"{BAD},{BAD % 100},2018-02-30,completed,Bike"
    (tmp_path / "orders.csv").write_text("\n".join(["id,user_id,order_date,status,cycle_name", *lines]))
    ending = on_duckdb.call("seed", "--from", str(tmp_path))
    assert ending.code == 1
    # One line is the header, and lines are counted from one.
    assert f"orders.csv, line {BAD + 2}, column order_date: '2018-02-30' is not a day" in ending.output
    on_duckdb.stands()


def test_one_wrong_row_among_many_stops_a_build(tmp_path: Path, forking: Launcher) -> None:
    with open_scene("duckdb", tmp_path) as scene:
        place = Place(scene, forking)
        place.execute(
            "CREATE OR REPLACE TABLE dbt_production.orders AS SELECT range AS id, range % 100 + 1 AS user_id,"
            f" DATE '2018-01-01' AS order_date, if(range = {BAD_BUILT}, NULL, 'completed') AS status,"
            f" 'Bike' AS cycle_name FROM range({BUILT_ROWS})",
            f"INSERT INTO dbt_production.orders SELECT * FROM dbt_production.orders WHERE id = {BAD_BUILT}",
        )
        before = look(scene, MODELS)["customer_segmentation"]
        ending = place.call("build", *MODELS_BUILT, "--as-of", NEW)
        assert ending.code == 1
        assert re.search(rf"Error: unique_raw_orders_id: .*\n\s+id: {BAD_BUILT}\n", ending.output), ending.output
        assert "the published tables are unchanged" in ending.output
        assert look(scene, MODELS)["customer_segmentation"] == before
