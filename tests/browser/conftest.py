"""Serve the site, and open a browser without a network on it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

PATIENCE = 15_000
"""How many milliseconds a busy machine may take to show what a test expects."""
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium with a fresh profile."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(browser: Browser, own_site: Path) -> Path:
    """Return the folder of the project's own site; it is built only if there is a browser."""
    return own_site


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site on a free port as a user would, and return its address."""
    command = [sys.executable, "-m", "marketing_ibis", "docs", "serve", "--port", "0"]
    place = ["--target-path", str(site.parent)]
    with subprocess.Popen([*command, *place], stdout=subprocess.PIPE, text=True) as server:
        try:
            output = server.stdout.readline() if server.stdout else ""
            found = re.search(r"http://127\.0\.0\.1:\d+", output)
            assert found, output
            yield found[0]
        finally:
            server.terminate()


def left(request: Request) -> bool:
    """Return whether a request ended because the page was left before the response, as happens on a busy machine."""
    return request.failure == "net::ERR_ABORTED"


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Return a function that opens a tab of a width and colour scheme; any error in a tab fails the test."""
    troubles: list[str] = []
    contexts = []

    def open_(width: int = 1440, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "requestfailed", lambda request: troubles.append(f"{request.url} failed") if not left(request) else None
        )
        page.on("response", lambda answer: troubles.append(answer.url) if answer.status >= 400 else None)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not troubles
