"""The site's server answers every request, and prints nothing about odd or aborted ones."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from marketing_ibis.docs_site.serving import open_server

TIMEOUT = 10
LARGE = 8_000_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("home", "utf-8")
    (site / "large.bin").write_bytes(bytes(LARGE))
    (tmp_path / "secret.txt").write_text("of others", "utf-8")
    with open_server(site, "127.0.0.1", 0) as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield found
        found.shutdown()
        thread.join(TIMEOUT)


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/index.html%00.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//../secret.txt",
        "/%ff",
        "/<script>",
    ],
)
def test_what_is_not_on_the_site_is_not_found(
    server: ThreadingHTTPServer, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=TIMEOUT)
    connection.putrequest("GET", path)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 404
    content = answer.read()
    assert b"of others" not in content
    assert b"<script>" not in content
    connection.close()
    assert capfd.readouterr() == ("", "")


def test_a_browser_that_closes_early_is_not_reported(
    server: ThreadingHTTPServer, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(server.server_address[:2], timeout=TIMEOUT) as browser:
        browser.sendall(b"GET /large.bin HTTP/1.0\r\n\r\n")
        assert browser.recv(1)
        # It resets the connection.
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.shutdown()
    server.server_close()  # waits for the requests under way
    assert capfd.readouterr() == ("", "")
