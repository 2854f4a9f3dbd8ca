"""Return the runner of data tests, for a build and for a command that only tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketing_ibis.cli.data_test_options import DataTestOptions

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Schemas
    from marketing_ibis.engines.dialect import Relation
    from marketing_ibis.engines.target import Target
    from marketing_ibis.testing.run import DataTestRunner


def data_test_runner(
    relations: Mapping[str, Relation], schemas: Schemas, target: Target, options: DataTestOptions
) -> DataTestRunner:
    """Return the runner of tests of ``relations``, storing failures in a schema of their own if requested."""
    from marketing_ibis.testing.run import AUDIT_SUFFIX, DataTestRunner

    audit = f"{schemas.models}{AUDIT_SUFFIX}" if options.store_failures else ""
    return DataTestRunner(target, relations, warn_error=options.warn_error, audit=audit)
