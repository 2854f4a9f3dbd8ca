"""A lineage server on this machine that records the requests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class LineageServer:
    """The requests that a server received, and how it responds."""

    status: int = 201
    delay: float = 0.0
    url: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    def of(self, job: str) -> list[dict[str, Any]]:
        """Return the events of one job."""
        return [event for event in self.events if event["job"]["name"] == job]

    def states(self) -> dict[str, list[str]]:
        """Return the states of each job."""
        return {job: [event["eventType"] for event in self.of(job)] for job in {e["job"]["name"] for e in self.events}}


@contextmanager
def lineage_server(**behaviour: Any) -> Iterator[LineageServer]:
    """Run a server on a free port of the loopback address."""
    kept = LineageServer(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests.append((self.path, self.headers.get("Authorization")))
            time.sleep(kept.delay)
            kept.events.append(json.loads(body))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # A request that is still sleeping does not delay the test.
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
