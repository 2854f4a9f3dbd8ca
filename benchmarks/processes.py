"""Measure whole processes: CPU seconds, seconds and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# As installed: pip compiles modules to bytecode, which a checkout does when it first runs, unless it is told not to.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
    "HAMILTON_AUTOLOAD_EXTENSIONS": "0"  # as in every command
}
MEBI = 1024
LAST_LINES = 40
"""So many lines of what a failed command printed are shown."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took: CPU seconds of all its threads, seconds, and the peak of its memory in MiB."""

    cpu: float
    seconds: float
    peak: int


Rounds = Sequence[Mapping[str, Measured]]
"""What each side took, a mapping per round."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """What a side takes for each unit that its baseline takes."""

    cpu: float
    seconds: float
    peak: float


def ratios(rounds: Rounds, side: str, baseline: str) -> Ratios:
    """Return the medians, over the rounds, of a side's multiples of its baseline in the same round."""

    def median(value: Callable[[Measured], float]) -> float:
        return statistics.median(value(each[side]) / value(each[baseline]) for each in rounds)

    return Ratios(
        median(lambda measured: measured.cpu),
        median(lambda measured: measured.seconds),
        median(lambda measured: measured.peak),
    )


def measure_once(
    command: Sequence[str],
    environment: Mapping[str, str] = ENVIRONMENT,
    folder: Path | None = None,
    log: Path | None = None,
) -> Measured:
    """Run a command and measure it; it may have a folder to run in, and a file for all that it prints.

    Raises:
        SystemExit: it failed.
    """
    with Path(log or os.devnull).open("w") as output:
        errors = output if log else None
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=environment, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        printed = log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:] if log else []
        raise SystemExit("\n".join((*printed, f"{' '.join(command)} failed")))
    return Measured(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss // MEBI)


def typical(samples: Sequence[Measured]) -> Measured:
    """Return the medians of the times, and the highest peak."""
    return Measured(
        statistics.median(sample.cpu for sample in samples),
        statistics.median(sample.seconds for sample in samples),
        max(sample.peak for sample in samples),
    )


def least(samples: Sequence[Measured]) -> Measured:
    """Return the least of each figure: what else the machine does only adds to it."""
    return Measured(
        min(sample.cpu for sample in samples),
        min(sample.seconds for sample in samples),
        min(sample.peak for sample in samples),
    )


def alternate(commands: Mapping[str, Sequence[str]], repeats: int) -> Rounds:
    """Run every command in turn, A B A B, some times after a round to warm up."""
    rounds = [{side: measure_once(command) for side, command in commands.items()} for _ in range(repeats + 1)]
    return rounds[1:]
