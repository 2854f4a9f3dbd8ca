"""Whenever writing a site is killed, the site is the old one or the new one, and no other folder is touched."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from marketing_ibis.docs_site import folders
from marketing_ibis.docs_site.folders import MARK, WHOLE, is_site, leftovers, remove_site, replacing_site, restore_site
from marketing_ibis.docs_site.pages import check_output
from marketing_ibis.errors import UsageError
from tests.docs_site.writing import PAGES, put
from tests.invocation import Run


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def texts(site: Path) -> list[str]:
    return [(site / page).read_text() for page in PAGES]


def killed_everywhere(tmp_path: Path, exchanges: bool, first: str) -> int:
    """Kill the writing of a site at each of its steps, each time over an old one in a separate folder."""
    code = f"""
        import json, os, signal, sys
        from pathlib import Path
        from marketing_ibis.docs_site import folders
        from tests.docs_site.writing import put, STEPS
        base, left = Path(sys.argv[1]), 0
        if not {exchanges}:
            folders._exchange = lambda one, other: False
        def step(event, args):
            global left
            if event in STEPS and left and str(base) in str(args[0]):
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(step)
        for number in range(1, 200):
            site = base / str(number) / "site"
            if {first!r} != "none":
                put(site, "old")
                if {first!r} == "earlier version":
                    (site / folders.MARK).unlink(), (site / folders.WHOLE).unlink()
                    (site / ".buildinfo").touch()
            child = os.fork()
            if not child:
                left = number
                put(site, "new")
                os._exit(0)
            if os.waitpid(child, 0)[1] == 0:
                print(number)
                break
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path.cwd()).stdout)


@pytest.mark.parametrize("first", ["this version", "earlier version", "none"])
@pytest.mark.parametrize("exchanges", [True, False], ids=["exchanged", "renamed twice"])
def test_a_kill_at_any_step_leaves_a_whole_site(tmp_path: Path, exchanges: bool, first: str) -> None:
    steps = killed_everywhere(tmp_path, exchanges, first)
    assert steps > 8
    seen = set()
    for number in range(1, steps + 1):
        site = tmp_path / str(number) / "site"
        if exchanges and sys.platform == "linux" and first != "none":
            assert site.is_dir()
        restore_site(site)
        if first != "none" or site.exists():
            (text,) = set(texts(site))
            seen.add(text)
        put(site, "next")
        assert set(texts(site)) == {"next"}
        assert names(site.parent) == ["site"]
    assert seen == ({"old", "new"} if first != "none" else {"new"})


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
def test_a_failure_leaves_the_old_site_alone(tmp_path: Path, failure: type[BaseException]) -> None:
    put(tmp_path / "site", "old")

    def fail() -> None:
        with replacing_site(tmp_path / "site") as folder:
            (folder / "index.html").write_text("half")
            raise failure

    with pytest.raises(failure):
        fail()
    assert set(texts(tmp_path / "site")) == {"old"}
    assert names(tmp_path) == ["site"]


def test_an_interrupted_removal_is_still_a_site_and_is_not_restored(tmp_path: Path) -> None:
    put(tmp_path / "site", "old")
    (tmp_path / "site" / WHOLE).unlink()
    (tmp_path / "site" / "index.html").unlink()
    assert is_site(tmp_path / "site")
    check_output(tmp_path / "site")
    half = tmp_path / f"site.{'0' * 16}.partial"
    (tmp_path / "site").rename(half)
    restore_site(tmp_path / "site")
    assert leftovers(tmp_path / "site") == [half]


def test_only_what_was_made_here_is_a_leftover(tmp_path: Path) -> None:
    for name in ("mine", f"site.{'1' * 16}.partial", "site.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious").touch()
    (tmp_path / f"site.{'2' * 16}.partial").symlink_to(tmp_path / "mine")
    put(tmp_path / "site", "new")
    assert len(list(tmp_path.rglob("precious"))) == 3
    assert (tmp_path / f"site.{'2' * 16}.partial").is_symlink()


def test_a_site_that_is_being_written_is_nobodys_leftover(tmp_path: Path) -> None:
    with replacing_site(tmp_path / "site") as folder:
        (folder / "index.html").write_text("first")
        assert leftovers(tmp_path / "site") == []
        put(tmp_path / "site", "second")
        (folder / "a").mkdir()
    assert (tmp_path / "site" / "index.html").read_text() == "first"


@pytest.mark.parametrize("kind", ["files", "link", "file"])
def test_what_is_no_site_is_refused(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "site"
    if kind == "files":
        place.mkdir()
        (place / "precious").touch()
    elif kind == "link":
        put(tmp_path / "other", "other")
        place.symlink_to(tmp_path / "other")
    else:
        place.touch()
    with pytest.raises(UsageError, match=r"contains other files|is a link|is a file"):
        check_output(place)


def test_clean_and_serve_know_what_a_kill_left(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "target" / "site"
    put(site, "old")
    left = site.with_name(f"site.{'0' * 16}.partial")
    site.rename(left)
    import marketing_ibis.docs_site.serving

    def stop(folder: Path, host: str, port: int) -> None:
        raise UsageError("It would serve.")

    monkeypatch.setattr(marketing_ibis.docs_site.serving, "open_server", stop)
    assert "It would serve" in run("docs", "serve", code=2).output
    assert set(texts(site)) == {"old"}
    put(left.with_name("x"), "half")
    left.with_name("x").rename(left)
    (left / WHOLE).unlink()
    (site / WHOLE).unlink()
    output = run("clean").output
    assert "site, " in output
    assert not names(tmp_path / "target")


def test_removing_keeps_the_mark_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "site", "old")

    def fail(path: Path) -> None:
        raise OSError("full stop")

    monkeypatch.setattr(folders.shutil, "rmtree", fail)
    with pytest.raises(OSError, match="full stop"):
        remove_site(tmp_path / "site")
    assert (tmp_path / "site" / MARK).exists()
    assert not (tmp_path / "site" / WHOLE).exists()


def test_a_link_in_a_site_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "x").touch()
    put(tmp_path / "site", "old")
    (tmp_path / "site" / "link").symlink_to(tmp_path / "precious")
    put(tmp_path / "site", "new")
    assert (tmp_path / "precious" / "x").exists()
