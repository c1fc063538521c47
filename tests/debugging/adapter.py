"""A client of debugpy's protocol, as the debugger of VS Code is: as much of it as the tests need."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["Session"]

PATIENCE = 60.0


class Session:
    """A script that runs under debugpy, and the debugger that is attached to it."""

    def __init__(self, script: Path) -> None:
        self.script = script
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            sys.executable, "-Xfrozen_modules=off", "-m", "debugpy", "--listen", str(port), "--wait-for-client",
            str(script),
        ]
        environment = os.environ | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.socket = self.connected(port)
        self.stream = self.socket.makefile("rb")
        self.count = 0
        self.seen: list[dict[str, Any]] = []

    def connected(self, port: int) -> socket.socket:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def __enter__(self) -> Session:
        self.send("initialize", adapterID="test", pathFormat="path", linesStartAt1=True)
        self.attached = self.post("attach", justMyCode=False)
        self.event("initialized")
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, traceback: TracebackType | None) -> None:
        self.stream.close()
        self.socket.close()
        self.process.kill()
        self.process.communicate()

    # --- messages ----------------------------------------------------------------------------

    def post(self, command: str, **arguments: Any) -> int:
        self.count += 1
        message = {"seq": self.count, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        return self.count

    def send(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The body of the answer to a request."""
        return self.answer(self.post(command, **arguments))

    def answer(self, number: int) -> dict[str, Any]:
        found = self.first(lambda m: m["type"] == "response" and m["request_seq"] == number)
        assert found["success"], found
        body: dict[str, Any] = found.get("body") or {}
        return body

    def event(self, name: str) -> dict[str, Any]:
        body: dict[str, Any] = self.first(lambda m: m["type"] == "event" and m["event"] == name).get("body") or {}
        return body

    def first(self, is_it: Any) -> dict[str, Any]:
        """The first message of a kind that was not yet asked for."""
        while True:
            for message in self.seen:
                if is_it(message):
                    self.seen.remove(message)
                    return message
            self.seen.append(self.read())

    def read(self) -> dict[str, Any]:
        size = 0
        while (line := self.stream.readline().strip()) or not size:
            if line.startswith(b"Content-Length:"):
                size = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(self.stream.read(size))
        return message

    # --- what a person does ------------------------------------------------------------------

    def start(self) -> None:
        self.send("configurationDone")
        self.answer(self.attached)

    def stopped(self) -> dict[str, Any]:
        """The innermost frame, when the program has stopped."""
        self.thread = self.event("stopped")["threadId"]
        return self.frames()[0]

    def frames(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.send("stackTrace", threadId=self.thread)["stackFrames"]
        return found

    def line_of(self, frame: dict[str, Any]) -> str:
        """The text of the line at which a frame has stopped, as an editor shows it."""
        source = frame["source"]
        reference = source.get("sourceReference", 0)
        text = self.send("source", source=source, sourceReference=reference)["content"]
        return str(text.splitlines()[frame["line"] - 1].strip())

    def value(self, frame: dict[str, Any], expression: str) -> str:
        return str(self.send("evaluate", expression=expression, frameId=frame["id"], context="watch")["result"])

    def step(self) -> dict[str, Any]:
        self.send("next", threadId=self.thread)
        return self.stopped()

    def go_on(self) -> None:
        self.send("continue", threadId=self.thread)
