"""Divide the tests among workers: one builds what several files share, and slow files come first."""

from __future__ import annotations

from xdist.scheduler.loadfile import LoadFileScheduling

TOGETHER = {
    "tests/browser/": "the site",
    "tests/docs_site/test_docs.py": "the site",
    "tests/dataflows/": "the drawn shops",
    "tests/property/test_metamorphic.py": "the drawn shops",
}
"""Folders and files that share a fixture or a cache, each with the name of what they share."""

SLOW = (
    "tests/safety/test_killed_builds.py",
    "the site",
    "tests/safety/test_killed_seeds.py",
    "tests/safety/test_interference.py",
    "tests/safety/test_stopped.py",
    "tests/safety/test_killed_retries.py",
    "tests/safety/test_killed_applies.py",
    "tests/safety/test_killed_snapshots.py",
    "tests/engines/postgres/test_models.py",
    "tests/testing/test_shops_of_strangers.py",
    "tests/testing/test_guests.py",
    "tests/test_docs.py",
    "tests/testing/test_same_counts.py",
    "tests/testing/test_command_line.py",
    "tests/engines/postgres/test_command_line.py",
    "tests/cli/test_database_file.py",
    "tests/engines/redshift/test_models.py",
    "tests/engines/redshift/test_random_expressions.py",
    "tests/engines/redshift/test_sqlfluff_builds.py",
    "tests/safety/",
    "tests/property/",
    "tests/testing/",
    "tests/docs_site/",
    "tests/diff/",
    "tests/api/",
    "tests/engines/",
    "tests/cli/",
    "tests/build/",
    "tests/report/",
    "tests/benchmarks/",
    "tests/presets/",
    "tests/lineage/",
    "tests/project/",
)
"""Few tests that take long, then folders that have some: the last ones would leave the other workers without work."""


class SharingScheduler(LoadFileScheduling):
    """Run the tests of a file, or of files that share something, on one worker."""

    def schedule(self) -> None:
        """Begin with the files of most tests, as usual, and go on with the slow ones."""
        super().schedule()
        slow = [scope for place in SLOW for scope in self.workqueue if scope.startswith(place)]
        for scope in reversed(slow):
            self.workqueue.move_to_end(scope, last=False)

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((shared for place, shared in TOGETHER.items() if file.startswith(place)), file)
