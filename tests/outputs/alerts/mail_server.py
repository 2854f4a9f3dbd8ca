"""A mail server on this machine that takes any message without encryption, and keeps it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            match line.strip().upper().split(b" ")[0]:
                case b"QUIT":
                    return self.say("221 bye")
                case b"DATA":
                    self.say("354 go on")
                    self.server.messages.append(message_from_bytes(self.body()))  # type: ignore[attr-defined]
                    self.say("250 taken")
                case _:
                    self.say("250 fine")
        return None

    def body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[tuple[int, list[Message]]]:
    """Run a server on a free port of the loopback address; yield the port and the messages."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation)
    server.daemon_threads, server.block_on_close = True, False
    messages: list[Message] = []
    server.messages = messages  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1], messages
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
