"""A local server: a thread that answers requests on the loopback interface."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from rtvariants.errors import RtvariantsError


class CutError(RtvariantsError):
    """Ends a connection without an answer; raised by hooks of tests."""

    def __init__(self) -> None:
        super().__init__("the connection is cut")


class StatusError(RtvariantsError):
    """Answers with a status and a message instead of the usual answer."""

    def __init__(self, status: int, message: str = "fault") -> None:
        super().__init__(message)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    """Passes requests to the server's `answer`, and writes what it returns."""

    protocol_version = "HTTP/1.1"
    # Headers and body in one packet: in two, each answer would wait for a delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        application: LocalServer = self.server.application  # type: ignore[attr-defined]
        try:
            status, kind, data = application.answer(
                self.command, self.path, dict(self.headers.items()), body
            )
        except CutError:
            self.close_connection = True
            return
        except StatusError as fault:
            status, kind, data = fault.status, "text/plain", str(fault).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _do  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: requests carry tokens."""


class LocalServer:
    """A server on a free port of the loopback interface; a context manager."""

    JSON: ClassVar[str] = "application/json"

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.application = self  # type: ignore[attr-defined]
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        """Return status, content type and bytes."""
        raise NotImplementedError

    def json(self, status: int, value: Any) -> tuple[int, str, bytes]:
        """Return an answer in JSON."""
        return status, self.JSON, json.dumps(value).encode()
