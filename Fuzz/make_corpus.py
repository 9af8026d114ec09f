# SPDX-License-Identifier: Apache-2.0
"""Makes the first inputs of the fuzzers from the vectors of the protocol.

usage: python3 Fuzz/make_corpus.py FOLDER

Writes FOLDER/HARNESS/NAME, each one input, under the hash of its bytes. What is there stays.
"""

import hashlib
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).parents[1]
VECTORS = ROOT / "Protocol" / "vectors"
SHEETS = ROOT / "Examples" / "data"


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0])
    for harness, inputs in corpus().items():
        into = folder / harness
        into.mkdir(parents=True, exist_ok=True)
        for content in inputs:
            (into / hashlib.sha1(content).hexdigest()).write_bytes(content)
        print(f"{harness}: {len(inputs)} first inputs")
    return 0


def number(value):
    """Unsigned LEB128."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + number(value >> 7)


def corpus():
    values = all_bytes("values")
    chains = all_bytes("certificates")
    certificates = [
        bytes.fromhex(certificate["bytes"])
        for vector in vectors("certificates")
        for certificate in vector["certificates"]
    ]
    messages = all_bytes("messages")
    enrolment = [
        bytes.fromhex(vector["bytes"]) for vector in vectors("enrolment") if "bytes" in vector
    ] + [
        "\n".join(vector.get("rows", [vector.get("text", "")])).encode()
        for vector in vectors("enrolment") if vector["kind"] in ("code", "text")
    ]
    runs = [bytes.fromhex(vector["envelope"]) for vector in vectors("runs")]
    columns = [
        number(len(vector["run"]["entries"]) // 2) + number(vector["run"]["count"])
        + bytes.fromhex(vector["columns"])
        for vector in vectors("runs") if "columns" in vector
    ]
    broken = all_bytes("violations")
    noise = [
        bytes.fromhex(message["ciphertext"])
        for vector in vectors("noise")
        for message in vector["messages"]
    ]
    frames = [len(message).to_bytes(3, "big") + message for message in messages]
    return {
        "values": values + [b"".join(values[:12])] + broken,
        "texts": [number.to_bytes(2, "big") + text for number in range(0, 900, 9) for text in TEXTS],
        "messages": messages + enrolment + chains + certificates + broken + [b"\x03" + run for run in runs],
        "runs": runs + columns + [b"\x00" + content for content in broken],
        "directories": [bytes(step * n % 251 for n in range(60)) for step in (1, 7, 31, 101)],
        "handshakes": [bytes([p, m, 0]) + message for message in noise for p in range(3) for m in range(3)],
        "links": [
            b"\x00" + b"\x07" + name + b"\x01" + message
            for message in noise for name in (b"ONEGRID", b"ONEJOIN")]
        + [b"\x03" + bytes([min(len(frame), 255)]) + frame for frame in frames],
        "sessions": [bytes(step * n % 253 for n in range(400)) for step in range(1, 40)]
        + [bytes(60) + b"\x00\x05" + len(m).to_bytes(2, "big") + m for m in messages],
        "admissions": [bytes(step * n % 255 for n in range(300)) for step in range(1, 60)],
        "sheets": sheets(),
        "bundles": [start + content for content in all_bytes("bundles") for start in (b"", b"\x06", b"\xff")],
        "stores": [b"\x01" + content for content in values] + [bytes([kind]) + bytes(88) for kind in range(3)],
    }


# What people write in cells.
TEXTS = [
    text.encode()
    for text in (
        "", "1", "-3.50", "2026-10-07", "2026/10/7 0:00:00", "2026年10月7日 08:30", "是",
        "522730103211", "26.45,106.98", "a|b、c", "name=a;名称=b", "522730199001011234",
        "+86 138-0013-8000", "(0854) 123456", "jt6bn0j90y47m4pf", "\\|\\;\\\\",
    )
]


def vectors(name):
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["vectors"]


def all_bytes(name):
    return [bytes.fromhex(vector["bytes"]) for vector in vectors(name) if vector.get("bytes")]


def sheets():
    """The sheets of the examples, in the encodings that spreadsheets write."""
    texts = ['name,code\r\n"a ""b""\nc",1\r\n', "* 姓名,性别\n张三,男\n"]
    texts += [file.read_text(encoding="utf-8-sig")[:4000] for file in sorted(SHEETS.glob("*.csv"))]
    return [
        text.encode(encoding, errors="replace")
        for text in texts
        for encoding in ("utf-8", "utf-8-sig", "gb18030")
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
