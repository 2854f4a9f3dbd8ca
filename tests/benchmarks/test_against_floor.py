"""The comparison with SQL written by hand: ratios within rounds, saved ratios, and how processes are measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.against_floor import COLD, FLOOR, WARM, lines, ratios, read_saved, save, shop
from benchmarks.processes import Measured, measure_once

# The machine is twice as slow in the second round, and ten times in the third.
ROUNDS = [
    {
        FLOOR: Measured(cpu, 2 * cpu, 100),
        COLD: Measured(3 * cpu, 6 * cpu, 150),
        WARM: Measured(share * cpu, 2 * cpu, 100),
    }
    for cpu, share in ((1.0, 1.5), (2.0, 1.25), (10.0, 1.0))
]


def test_ratios_are_medians_of_those_within_a_round() -> None:
    assert ratios(ROUNDS, FLOOR).cpu == 1
    assert (ratios(ROUNDS, COLD).cpu, ratios(ROUNDS, COLD).peak) == (3, 1.5)
    assert (ratios(ROUNDS, WARM).cpu, ratios(ROUNDS, WARM).seconds) == (1.25, 1)


def test_lines_show_the_saved_ratio_next_to_the_new_one() -> None:
    text = lines("small", ROUNDS, {WARM: 1.75}).splitlines()
    assert text[0] == "| small | floor | 2.00 | 4.00 | 100 | 1.00 | 1.00 | 1.00 |  |"
    assert text[2] == "| small | `run`, warm | 2.50 | 4.00 | 100 | 1.25 | 1.00 | 1.00 | 1.75 |"


def test_shops_that_are_not_measured_stay_saved(tmp_path: Path) -> None:
    file = tmp_path / "new" / "floor.json"
    assert read_saved(file) == {}
    save({"small": ROUNDS}, file)
    save({"large": ROUNDS[:1]}, file)
    assert read_saved(file) == {
        "small": {FLOOR: 1, COLD: 3, WARM: 1.25},
        "large": {FLOOR: 1, COLD: 3, WARM: 1.5},
    }


def test_a_file_of_another_format_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "floor.json"
    file.write_text(json.dumps({"format": 0, "shops": {"old": {}}}), "utf-8")
    assert read_saved(file) == {}
    save({"small": ROUNDS}, file)
    assert list(read_saved(file)) == ["small"]


def test_a_hundred_orders_are_the_jaffle_shop() -> None:
    assert Path(shop(100).seed[1]).is_dir()
    assert shop(2_000).seed == ("--demo", "--orders", "2000")


def test_a_process_that_computes_takes_cpu_seconds() -> None:
    idle = measure_once((sys.executable, "-c", "import time; time.sleep(0.3)"))
    busy = measure_once((sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass"))
    assert busy.cpu >= 0.3 > idle.cpu
    assert idle.seconds >= 0.3
    assert idle.peak > 1


def test_a_process_that_fails_ends_the_measurement() -> None:
    with pytest.raises(SystemExit, match="failed"):
        measure_once((sys.executable, "-c", "raise SystemExit(3)"))
