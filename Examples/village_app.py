#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Registers households and follows what changes in the village, with the cable unplugged or not.

usage: village_app.py http://127.0.0.1:7441 TOKEN BOOK NUMBER=ADDRESS...
The token: gridctl token create village-app --collections households --read --write
"""

import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

node, token, book, *households = sys.argv[1:]
book = pathlib.Path(book)


def ask(method, path, body=None, **headers):
    """One request; it is sent again for as long as the node is not there."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(node + path, data, headers, method=method)
    while True:
        try:
            return urllib.request.urlopen(request, timeout=90)
        except urllib.error.HTTPError as problem:
            if problem.code != 503:
                sys.exit(json.load(problem)["detail"])
        except OSError:
            pass
        time.sleep(0.5)


for household in households:
    number, address = household.split("=")
    # The key makes sending again safe: the same household is never written twice.
    answer = ask("POST", "/v1/records/households",
                 {"fields": {"household_no": number, "address": address}},
                 **{"Idempotency-Key": f"household-{number}"})
    print("registered", json.load(answer)["id"], flush=True)

while True:
    since = book.read_text().strip() if book.exists() else ""
    stream = ask("GET", "/v1/changes?snapshot=1&heartbeat=5" + (since and "&since=" + since),
                 Accept="application/x-ndjson")
    try:
        for line in stream:
            event = json.loads(line)
            if "record" in event:
                print(event["operation"], event["record"]["id"], flush=True)
            book.write_text(event["id"])
    except (OSError, ValueError):
        pass  # The node has stopped; it is called again, and the feed goes on where it was.
