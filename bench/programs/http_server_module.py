"""http_server_module.py PORT COUNT: http_server.py with http.server."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

port, count = int(sys.argv[1]), int(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    wbufsize = -1

    def do_GET(self) -> None:
        body = f"You asked for {self.path}.\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


with HTTPServer(("127.0.0.1", port), Handler) as server:
    server.timeout = 60
    print(server.server_address[1], flush=True)
    for _ in range(count):
        server.handle_request()
