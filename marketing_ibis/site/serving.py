"""Serve the pages of a folder to this machine."""

from __future__ import annotations

from http.server import SimpleHTTPRequestHandler


class PageHandler(SimpleHTTPRequestHandler):
    """Files as they are now; a request is no news."""

    def end_headers(self) -> None:
        """Have browsers ask again: the site may be written anew while it is served."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
