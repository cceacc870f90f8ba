"""http_client_module.py PORT COUNT: http_client.py with http.client."""

from __future__ import annotations

import http.client
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])
conn = http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def get(path: str) -> bytes:
    conn.request("GET", path)
    answer = conn.getresponse()
    if answer.status != 200:
        raise LookupError("the page is not there")
    return answer.read()


print(sum(len(get(f"/{i}")) for i in range(1, count + 1)))
conn.close()
