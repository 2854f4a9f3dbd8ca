"""Send events from a thread of its own, within bounds."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import requests
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import RunEvent
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport, TokenProvider

SECONDS_PER_EVENT = 2.0
SECONDS_AT_THE_END = 5.0
FAILURES_IN_A_ROW = 3
"""After so many the server is left alone."""


class Sender:
    """Events on their way to a server, in order.

    ``place`` is the server as it may be shown. Nothing of what goes wrong is raised: ``warn`` gets one line at the end.
    """

    def __init__(self, client: OpenLineageClient, place: str, warn: Callable[[str], None]) -> None:
        self.client = client
        self.place = place
        self.warn = warn
        self.sent_count = 0
        self.accepted_count = 0
        self.reason = ""
        self.waiting: queue.SimpleQueue[RunEvent | None] = queue.SimpleQueue()
        # A daemon: a server that never answers does not keep the process.
        self.thread = threading.Thread(target=self._work, name="openlineage", daemon=True)
        self.thread.start()

    def send(self, event: RunEvent) -> None:
        """Queue an event."""
        self.sent_count += 1
        self.waiting.put(event)

    def close(self) -> None:
        """Wait a little for what is still on its way, and say how many events the server did not take."""
        self.waiting.put(None)
        self.thread.join(SECONDS_AT_THE_END)
        if self.thread.is_alive():
            self.reason = self.reason or f"no response within {SECONDS_AT_THE_END:.0f} seconds"
        missing = self.sent_count - self.accepted_count
        if missing:
            self.warn(f"{missing} of {self.sent_count} lineage events did not reach {self.place}: {self.reason}.")

    def _work(self) -> None:
        failures = 0
        while (event := self.waiting.get()) is not None:
            if failures >= FAILURES_IN_A_ROW:
                continue
            try:
                self.client.emit(event)
            except Exception as error:  # a failure of the client or the server must not fail the run
                failures += 1
                self.reason = _reason(error)
            else:
                failures = 0
                self.accepted_count += 1
        self.client.close(SECONDS_PER_EVENT)


def open_sender(environment: Mapping[str, str], warn: Callable[[str], None]) -> Sender | None:
    """Return the way to the server that ``environment`` names, or None with a warning when it does not name one."""
    url = environment["OPENLINEAGE_URL"].strip()
    key = environment.get("OPENLINEAGE_API_KEY")
    try:
        config = HttpConfig(
            url=url,
            endpoint=environment.get("OPENLINEAGE_ENDPOINT") or "api/v1/lineage",
            timeout=SECONDS_PER_EVENT,
            auth=ApiKeyTokenProvider({"api_key": key}) if key else TokenProvider({}),
            # A second try would come too late to be worth the wait.
            retry={"total": 0},
        )
        return Sender(OpenLineageClient(transport=HttpTransport(config)), _redact(url), warn)
    except ValueError:
        # The client's message repeats the address, which may hold a password.
        warn("OPENLINEAGE_URL is not an address such as http://localhost:5000; no lineage events are sent.")
        return None


def _redact(url: str) -> str:
    """Return the server of ``url``, without user, password, path and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"


def _reason(error: Exception) -> str:
    """Return what went wrong in a few words: the client's own may hold the address and what it was sent."""
    match error:
        case requests.HTTPError(response=requests.Response() as response):
            return f"it responded with status {response.status_code}"
        case requests.Timeout():
            return f"no response within {SECONDS_PER_EVENT:.0f} seconds"
        case requests.ConnectionError():
            return "it cannot be reached"
        case _:
            return type(error).__name__
