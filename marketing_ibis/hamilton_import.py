"""Import Hamilton: silent, offline, and without the data frames that nothing here makes.

Whoever needs Hamilton takes it from here, since it reads its switches while it is imported.
"""

from __future__ import annotations

import logging
import os

from marketing_ibis.deferred import deferred

# A data tool must not phone home, and the extensions cost a quarter of a second.
os.environ.setdefault("HAMILTON_TELEMETRY_ENABLED", "false")
os.environ.setdefault("HAMILTON_AUTOLOAD_EXTENSIONS", "0")

# Hamilton names classes of pandas and NumPy in annotations and in result builders for data frames. Loading them, and
# PyArrow with pandas, would take a quarter of the time of a small build.
with deferred("numpy", "pandas", "pandas.core.indexes", "pandas.core.indexes.extension"):
    from hamilton import driver
    from hamilton.function_modifiers import tag
    from hamilton.lifecycle import NodeExecutionMethod

# What a model raises is told once, by this package; an application that sets up logging still hears Hamilton.
logging.getLogger("hamilton").addHandler(logging.NullHandler())

__all__ = ["NodeExecutionMethod", "driver", "tag"]
