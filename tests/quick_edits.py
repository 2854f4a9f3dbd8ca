"""Edit a file several times within a second, as a script does."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def edits_of_one_second(file: Path, *texts: str) -> Iterator[str]:
    """Write each text with the same time, and yield it; afterwards forget the modules that were imported from there."""
    second = time.time() // 1 + 60  # It has just changed, however slow the machine is.
    for text in texts:
        file.write_text(text)
        os.utime(file, (second, second))
        importlib.invalidate_caches()
        yield text
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", "")).startswith(str(file.parent)):
                del sys.modules[name]
