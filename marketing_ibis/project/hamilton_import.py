"""Import Hamilton: offline, and without the data frames that nothing here makes.

Whoever needs Hamilton takes it from here, since it reads its switches while it is imported.
"""

from __future__ import annotations

import os
from contextlib import nullcontext

from marketing_ibis.deferred import deferred

# A data tool must not phone home, and the extensions cost a quarter of a second.
os.environ.setdefault("HAMILTON_TELEMETRY_ENABLED", "false")
os.environ.setdefault("HAMILTON_AUTOLOAD_EXTENSIONS", "0")

from hamilton import registry

FRAMES = ("numpy", "pandas", "pandas.core.indexes", "pandas.core.indexes.extension")
"""What Hamilton names in annotations, and in result builders for data frames: a quarter of a small build."""

# Whoever has the extensions loaded after all, by the environment or ~/.hamilton.conf, needs the libraries they extend.
is_alone = os.environ.get(registry.HAMILTON_AUTOLOAD_ENV) == "0"

with deferred(*FRAMES) if is_alone else nullcontext():
    from hamilton import driver
    from hamilton.lifecycle import NodeExecutionMethod

__all__ = ["NodeExecutionMethod", "driver"]
