"""The comparison with SQL written by hand: ratios within rounds, saved ratios, and how processes are measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.against_floor import COLD, FLOOR, HEAD, WARM, lines, shop
from benchmarks.processes import Measured, alternate, measure_once, ratios
from benchmarks.run import Line
from benchmarks.saved import figures, read_saved, save
from benchmarks.tables import print_table

# The machine is twice as slow in the second round, and ten times in the third.
ROUNDS = [
    {
        FLOOR: Measured(cpu, 2 * cpu, 100),
        COLD: Measured(3 * cpu, 6 * cpu, 150),
        WARM: Measured(share * cpu, 2 * cpu, 100),
    }
    for cpu, share in ((1.0, 1.5), (2.0, 1.25), (10.0, 1.0))
]
BASELINES = dict.fromkeys((FLOOR, COLD, WARM), FLOOR)


def test_ratios_are_medians_of_those_within_a_round() -> None:
    assert ratios(ROUNDS, FLOOR, FLOOR).cpu == 1
    assert (ratios(ROUNDS, COLD, FLOOR).cpu, ratios(ROUNDS, COLD, FLOOR).peak) == (3, 1.5)
    assert (ratios(ROUNDS, WARM, FLOOR).cpu, ratios(ROUNDS, WARM, FLOOR).seconds) == (1.25, 1)


def test_lines_show_the_saved_ratio_next_to_the_new_one() -> None:
    text = lines("small", ROUNDS, {WARM: 1.75}).splitlines()
    assert text[0] == "| small | floor | 2.00 | 4.00 | 100 | 1.00 | 1.00 | 1.00 |  |"
    assert text[2] == "| small | `run`, warm | 2.50 | 4.00 | 100 | 1.25 | 1.00 | 1.00 | 1.75 |"


def test_a_line_of_commands_has_its_baseline_and_the_saved_ratio() -> None:
    line = Line(WARM, "3 s", COLD, ROUNDS)
    assert line.text({}) == "| `run`, warm | 2.50 | 4.00 | 100 | 3 s | `run`, cold | 6.00 | 0.42 | 0.33 |  |"
    assert line.text({WARM: 0.5}).endswith("| 0.42 | 0.33 | 0.50 |")


def test_commands_are_measured_in_turn(tmp_path: Path) -> None:
    log = tmp_path / "log"
    append = "import pathlib, sys; pathlib.Path(sys.argv[1]).open('a').write(sys.argv[2])"
    sides = {name: (sys.executable, "-c", append, str(log), name) for name in "AB"}
    rounds = alternate(sides, 2)
    assert log.read_text("utf-8") == "ABABAB"
    assert [list(each) for each in rounds] == [["A", "B"]] * 2


def test_a_table_fits_a_terminal_and_stays_markdown_in_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEAD + lines("1,000,000 orders", ROUNDS, {WARM: 1.75})
    print_table(text)
    assert capsys.readouterr().out == f"{text}\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    print_table(text)
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80
    assert "1,000,000" in printed
    assert "1.75" in printed


def test_shops_that_are_not_measured_stay_saved(tmp_path: Path) -> None:
    file = tmp_path / "new" / "floor.json"
    assert read_saved(file) == {}
    save({"small": figures(ROUNDS, BASELINES)}, file)
    save({"large": figures(ROUNDS[:1], BASELINES)}, file)
    assert read_saved(file) == {
        "small": {FLOOR: 1, COLD: 3, WARM: 1.25},
        "large": {FLOOR: 1, COLD: 3, WARM: 1.5},
    }


def test_a_file_of_another_format_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "floor.json"
    file.write_text(json.dumps({"format": 0, "shops": {"old": {}}}), "utf-8")
    assert read_saved(file) == {}
    save({"small": figures(ROUNDS, BASELINES)}, file)
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
