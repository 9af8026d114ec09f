# SPDX-License-Identifier: Apache-2.0
"""Asks a live village everything that the paper of the API allows, and much that it does not.

usage: scripts/api_walk PROGRAMS SECONDS
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from door import Door
from processes.node import Node
from processes.telling import Failed

TOWNSHIP, VILLAGE = "522730103", "522730103210"

# What schemathesis holds every answer to. Left out, with the reason:
# - positive_data_acceptance: the paper says of what form a request is; the rules of the catalogue, of
#   dates, of SQL stand in other papers, and what breaks them is refused with 404, 409 or 422.
# - ignored_auth: the walk goes over the folder's own socket, where there is no token;
#   Tests/Commands/test_tokens.py holds the port to its tokens.
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
    "missing_required_header", "unsupported_method", "allow_header_conformance",
]


def main(programs, seconds):
    seed = os.environ.get("ONEGRID_SEED", str(time.time_ns() % 1_000_000))
    print(f"api-check: ONEGRID_SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="onegrid-api-") as folder:
        folder = pathlib.Path(folder)
        township = Node(programs, folder / "township", "谷脚镇", TOWNSHIP)
        township.call(
            "init", "--area", TOWNSHIP, "--name", township.name, "--root", "--no-passphrase")
        village = Node(programs, folder / "village", "茶香村", VILLAGE)
        township.enrol(village, folder)
        village.start("--log-level", "error")
        try:
            return walk(village, folder, seconds, seed)
        finally:
            if village.stop() != 0:
                raise Failed("the daemon did not end well")


def walk(village, folder, seconds, seed):
    village.put("matters", "title=路灯不亮", "place=村口", "grid_code=522730103210003")
    door = Door(village.folder / "gridd.sock")
    try:
        return subprocess.run(
            [pathlib.Path(sys.executable).parent / "schemathesis", "run",
             f"{door.address}/v1/openapi.json", "--url", door.address, "--seed", seed,
             "--phases", "examples,coverage,fuzzing", "--max-time", str(seconds),
             "--checks", ",".join(CHECKS), "--request-timeout", "30", "--no-color",
             "--warnings", "off", "--generation-database", "none"],
            cwd=folder, stdin=subprocess.DEVNULL, timeout=seconds + 120).returncode
    finally:
        door.close()


sys.exit(main(sys.argv[1], int(sys.argv[2])))
