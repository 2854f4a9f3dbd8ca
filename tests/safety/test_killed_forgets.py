"""A customer whose deletion is killed at any moment is in all tables as before, or in none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.forgetting_shop import forgetting_nodes
from tests.safety.launcher import Launcher
from tests.safety.scenes import THOROUGH, Scene, check_killed, open_scene, run
from tests.shop import make_shop

CUSTOMER = 1
TABLES = ("customer_value", "order_facts")
FILES = {
    "customers": "id,name,email,consent\n1,Ann,ann@example.com,true\n2,Bob,bob@example.com,true\n",
    "orders": "id,user_id,email,cents\n11,1,,500\n12,1,,700\n13,2,,900\n",
    "payments": "id,order_id,cents\n1,11,500\n2,13,900\n",
    "sales": "id,cents\n1,100\n",
}
BUILD = ("run", "-s", "+customer_value +order_facts")
FORGET = ("forget", "--customer", str(CUSTOMER), "--yes")
IN_SOURCES = 1
"""The exit code: the sources still have the customer, so that a build brings the rows back."""


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with open_scene(request.param, tmp_path_factory.mktemp(request.param)) as opened:
        yield opened


def counts(scene: Scene) -> list[tuple[int, int]]:
    """Return the rows of the customer, and of all others, in each table."""
    numbers = []
    with scene.connected() as query:
        for table in TABLES:
            rows = query(
                f"SELECT SUM(CASE WHEN customer_id = {CUSTOMER} THEN 1 ELSE 0 END), COUNT(*) FROM dbt_marketing.{table}"
            )
            own, every = (int(str(number)) for number in rows[0])
            numbers.append((own, every - own))
    return numbers


def notes(scene: Scene) -> int:
    """Return the tables that are noted as having deleted rows on the disk."""
    with scene.connected() as query:
        if not query("SELECT 1 FROM information_schema.tables WHERE table_name = 'unerased_tables'"):
            return 0
        ((count,),) = query("SELECT COUNT(*) FROM dbt_marketing.unerased_tables")
        return int(str(count))


def moments(statements: tuple[str, ...]) -> list[int]:
    """Return the statements before which to kill: in the transaction, at its end, and in what follows it."""
    deletes = [number for number, sql in enumerate(statements, 1) if sql.startswith("DELETE FROM")]
    (commit,) = (number for number, sql in enumerate(statements, 1) if sql == "COMMIT" and number > deletes[0])
    if THOROUGH:
        return list(range(1, len(statements) + 1))
    erasing = [number for number, sql in enumerate(statements, 1) if sql.startswith(("COPY FROM", "VACUUM"))]
    # What is deleted afterwards is the note.
    return [max(number for number in deletes if number < commit), commit, erasing[0]]


def test_a_killed_deletion(scene: Scene, forking: Launcher) -> None:
    make_shop(scene.folder, **forgetting_nodes("int64"))
    exports = scene.folder / "exports"
    exports.mkdir()
    for name, content in FILES.items():
        (exports / f"{name}.csv").write_text(content, "utf-8")
    run(scene, forking, "seed", "--from", str(exports), "--replace")
    run(scene, forking, *BUILD)
    before = counts(scene)
    assert [own for own, _ in before] == [1, 2]
    deleted = [(0, others) for _, others in before]
    whole = forking.run(scene.call(*FORGET))
    assert whole.code == IN_SOURCES, whole.output
    results = []
    for moment in moments(whole.statements):
        if counts(scene) == deleted:
            run(scene, forking, *BUILD)
        assert counts(scene) == before
        check_killed(forking.run(scene.call(*FORGET, before=moment)), whole.statements, moment)
        after = counts(scene)
        assert after in (before, deleted), whole.statements[moment - 1]
        results.append(after == deleted)
    assert results == sorted(results)
    assert results[0] is False
    assert results[-1] is True
    # The one that was killed last had deleted the rows, and left them on the disk.
    assert notes(scene) > 0
    finished = forking.run(scene.call(*FORGET))
    assert "it is finished now" in " ".join(finished.output.split())
    assert notes(scene) == 0
