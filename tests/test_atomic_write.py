"""A file is the old one or the new one, even if writing is interrupted, and no planted link is followed."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marketing_ibis import atomic_write
from marketing_ibis.atomic_write import DAY, random_name, remove_leftovers, replacing, write_output, write_text
from marketing_ibis.errors import UsageError
from tests.invocation import Run

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
WRITING: tuple[Callable[[Path, str], Path], ...] = (write_text, lambda path, text: write_output(path, text, "--to"))


def write(path: Path, text: str = "after", **how: Any) -> None:
    with replacing(path, **how) as file:
        file.write(text.encode())


@pytest.mark.parametrize("failure", [FULL, KeyboardInterrupt(), MemoryError()], ids=repr)
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, failure: BaseException) -> None:
    (tmp_path / "x").write_text("before")

    def write_half() -> None:
        with replacing(tmp_path / "x") as file:
            file.write(b"half")
            raise failure

    with pytest.raises(type(failure)):
        write_half()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"x": "before"}


@pytest.mark.parametrize("writing", WRITING, ids=["own", "named"])
@pytest.mark.parametrize("call", ["replace", "open"])
def test_a_full_disk_is_reported_and_leaves_the_old_file(
    tmp_path: Path, writing: Callable[[Path, str], Path], call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_text("before")

    def full(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr(*(Path, "replace", full) if call == "replace" else (atomic_write.os, "open", full))
    with pytest.raises(UsageError, match="No space left"):
        writing(tmp_path / "x", "after")
    monkeypatch.undo()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"x": "before"}


@pytest.mark.parametrize("writing", ["write_text(path, text)", "write_output(path, text, '--to')"])
def test_a_kill_in_the_middle_leaves_the_old_file(tmp_path: Path, writing: str) -> None:
    (tmp_path / "x").write_text("before")
    code = f"""
        import os, signal, sys
        from pathlib import Path
        from marketing_ibis.atomic_write import write_output, write_text
        path, text = Path(sys.argv[1]), "x" * 30_000_000
        def trace(event, args):
            if event == "open" and "partial" in str(args[0]):
                signal.setitimer(signal.ITIMER_REAL, 0.01)
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        sys.addaudithook(trace)
        for n in range(20):
            {writing.replace("text)", "text + str(n))").replace("text,", "text + str(n),")}
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "x")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "x").read_text()[:6] in ("before", "xxxxxx")
    assert (tmp_path / "x").stat().st_size in (6, 30_000_001, 30_000_002)


def test_names_beside_a_file_cannot_be_foreseen(tmp_path: Path) -> None:
    names = {random_name(tmp_path / "x.csv").name for _ in range(100)}
    assert len(names) == 100
    assert all(atomic_write.LEFTOVER.fullmatch(name) for name in names)


def test_a_planted_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "precious").write_text("precious")
    monkeypatch.setattr(atomic_write, "random_name", lambda place: place.with_name("guessed"))
    for planted in (tmp_path / "precious", tmp_path / "nowhere"):
        (tmp_path / "guessed").symlink_to(planted)
        with pytest.raises(FileExistsError):
            write(tmp_path / "x")
        assert (tmp_path / "guessed").is_symlink()
        (tmp_path / "guessed").unlink()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"precious": "precious"}


@pytest.mark.parametrize("number", [os.getpid(), 1], ids=["own process", "another"])
def test_links_under_the_name_of_a_process_are_harmless(tmp_path: Path, number: int) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / f"x.csv.{number}.partial").symlink_to(tmp_path / "precious")
    write_text(tmp_path / "x.csv", "after")
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "x.csv").is_symlink()


def test_a_link_is_followed_where_the_user_named_it_and_replaced_where_not(tmp_path: Path) -> None:
    for name, writing in zip(("own", "named"), WRITING, strict=True):
        (tmp_path / f"{name}_real").write_text("before")
        (tmp_path / name).symlink_to(tmp_path / f"{name}_real")
        writing(tmp_path / name, "after")
        assert (tmp_path / name).read_text() == "after"
    assert (tmp_path / "own_real").read_text() == "before"
    assert not (tmp_path / "own").is_symlink()
    assert (tmp_path / "named_real").read_text() == "after"
    assert (tmp_path / "named").is_symlink()


def test_a_link_to_the_same_text_is_replaced_too(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("same")
    (tmp_path / "x").symlink_to(tmp_path / "real")
    write_text(tmp_path / "x", "same")
    assert not (tmp_path / "x").is_symlink()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_permissions_stay(tmp_path: Path, mode: int) -> None:
    (tmp_path / "x").write_text("before")
    (tmp_path / "x").chmod(mode)
    write(tmp_path / "x")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == mode


@pytest.mark.parametrize("earlier", [None, 0o644, 0o666])
def test_a_mode_holds_whatever_the_file_had_before(tmp_path: Path, earlier: int | None) -> None:
    if earlier is not None:
        (tmp_path / "x").write_text("before")
        (tmp_path / "x").chmod(earlier)
    write(tmp_path / "x", mode=0o600)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600


def test_a_new_file_has_the_permissions_of_every_other(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    write(tmp_path / "x")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_nobody_else_reads_a_private_file_while_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("before")
    (tmp_path / "x").chmod(0o600)
    with replacing(tmp_path / "x"):
        (partial,) = tmp_path.glob("*.partial")
        assert stat.S_IMODE(partial.stat().st_mode) == 0o600


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_text("before")
    monkeypatch.setattr(atomic_write.os, "access", lambda *_: False)  # it holds for users other than root
    with pytest.raises(PermissionError):
        write(tmp_path / "x")
    assert (tmp_path / "x").read_text() == "before"


def test_a_pipe_takes_what_is_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_output(tmp_path / "pipe", "through", "--to")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_leftovers_go_after_a_day_and_nothing_else_does(tmp_path: Path) -> None:
    old = [random_name(tmp_path / "x.csv"), tmp_path / "mine.partial", tmp_path / "x.csv.12.partial"]
    new = random_name(tmp_path / "x.csv")
    for path in (*old, new):
        path.write_text("half")
    for path in old:
        os.utime(path, (0, path.stat().st_mtime - DAY - 60))
    remove_leftovers.cache_clear()
    write(tmp_path / "x.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"x.csv", "mine.partial", "x.csv.12.partial", new.name}


@pytest.mark.parametrize("call", [("report",), ("lineage", "--to", "l.json"), ("export", "orders", "--to", "l.json")])
def test_commands_that_fail_in_the_middle_leave_the_old_file(
    run: Run, tmp_path: Path, call: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if call[0] != "lineage":
        run("seed", "--demo", "--orders", "50", "-q")
        run("run", "-q")
    place = tmp_path / ("target/report.html" if call[0] == "report" else "l.json")
    place.parent.mkdir(exist_ok=True)
    place.write_text("before")

    def full(*_: object) -> None:
        raise FULL

    monkeypatch.setattr(Path, "replace", full)
    assert "No space left" in run(*call, code=2).stderr
    assert place.read_text() == "before"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("is_link", [False, True])
def test_a_pipe_or_link_in_place_of_an_own_file_is_replaced(tmp_path: Path, is_link: bool) -> None:
    path = tmp_path / "manifest.json"
    path.symlink_to(tmp_path / "elsewhere") if is_link else os.mkfifo(path)
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    with replacing(path, follows_link=False) as file:
        file.write(b"{}")
    assert path.read_bytes() == b"{}"
    assert path.lstat().st_mode == ordinary.stat().st_mode
    assert not (tmp_path / "elsewhere").exists()
