"""Serve the pages of a folder to this machine."""

from __future__ import annotations

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from marketing_ibis.errors import UsageError


class PageHandler(SimpleHTTPRequestHandler):
    """Files as they are now; a request is no news."""

    def translate_path(self, path: str) -> str:
        """Return the file that a request asks for; no file has a NUL character in its name."""
        return super().translate_path(path.replace("%00", "%EF%BF%BD"))

    def end_headers(self) -> None:
        """Have browsers ask again: the site may be rewritten while it is served."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class PageServer(ThreadingHTTPServer):
    """A server to which a browser that closes its page early is no news."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what went wrong with a request, unless the browser is gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def open_server(folder: Path, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server of ``folder`` that listens.

    Raises:
        UsageError: the port is taken or not allowed, or the address does not belong to this machine.
    """
    try:
        return PageServer((host, port), partial(PageHandler, directory=str(folder)))
    except OSError as error:
        raise UsageError(
            f"Cannot listen on {host}, port {port}: {error.strerror}.",
            hint=f"Choose another port: docs serve --port {port + 1}",
        ) from error
