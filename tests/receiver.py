"""A receiver of webhooks as a process of its own, so that a test can kill it: ``python tests/receiver.py PORT FILE``.

It appends what came to FILE, one JSON object a line, on the disk before it answers.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        line = json.dumps({"id": self.headers["webhook-id"], "body": json.loads(body)})
        with open(sys.argv[2], "a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quietly."""


class Server(ThreadingHTTPServer):
    allow_reuse_address = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
