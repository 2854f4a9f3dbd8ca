"""Keep the ratios of a measurement in a file, to compare later ones with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

from benchmarks.processes import Measured, Rounds, ratios, typical

FORMAT = 1
Figures = Mapping[str, tuple[Measured, float]]
"""What each side took, and how many times the CPU seconds of its baseline."""


def figures(rounds: Rounds, baselines: Mapping[str, str]) -> Figures:
    """Return the typical figures of each side that has a baseline."""
    return {
        side: (typical([each[side] for each in rounds]), ratios(rounds, side, baseline).cpu)
        for side, baseline in baselines.items()
    }


def read_saved(file: Path) -> dict[str, dict[str, float]]:
    """Return the CPU ratios by shop and side that were saved; none if the file is missing or of another format."""
    if not file.exists():
        return {}
    content = json.loads(file.read_text("utf-8"))
    if content.get("format") != FORMAT:
        return {}
    return {name: {side: each["cpu_ratio"] for side, each in sides.items()} for name, sides in content["shops"].items()}


def save(shops: Mapping[str, Figures], file: Path) -> None:
    """Save what was measured; shops of an earlier file that were not measured now stay."""
    before = json.loads(file.read_text("utf-8")) if read_saved(file) else {"shops": {}}
    measured = {
        name: {side: {**asdict(each), "cpu_ratio": ratio} for side, (each, ratio) in sides.items()}
        for name, sides in shops.items()
    }
    content = {"format": FORMAT, "saved_on": date.today().isoformat(), "shops": {**before["shops"], **measured}}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def saved_text(ratio: float | None) -> str:
    """Return a ratio that was saved as a cell of a table, "" for none."""
    return "" if ratio is None else f"{ratio:.2f}"
