# SPDX-License-Identifier: Apache-2.0
"""The figures as a table for people."""

TITLES = {
    "w1": "W1 catch-up", "w2": "W2 fan-in, 81 replicas", "w3": "W3 divergence, both ways",
    "w4": "W4 reconnect when equal", "w5": "W5 local durable writes, one writer",
    "w6": "W6 open from disk to the first record",
}
# Columns that hold bytes, and the short heads of some.
BYTES = ("bytes", "peak_rss", "disk")
HEADS = {
    "seconds": "s", "bytes_to_receiver": "to receiver", "bytes_to_sender": "to sender",
    "read_all_seconds": "read all s", "cpu_seconds_sender": "cpu s sender",
    "cpu_seconds_receiver": "cpu s receiver", "peak_rss_sender": "rss sender",
    "peak_rss_receiver": "rss receiver", "disk_sender": "disk sender",
    "disk_receiver": "disk receiver", "writes_per_second": "writes/s", "p50_seconds": "p50 s",
    "p99_seconds": "p99 s", "p999_seconds": "p99.9 s", "cpu_seconds": "cpu s",
    "peak_rss": "rss", "load_seconds": "load s",
}


def show(document):
    machine = document["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    print(f"{machine['processor']} x {machine['processors']}, {machine['memory']}")
    print(f"{machine['system']}, Python {machine['python']}, SQLite {machine['sqlite']}, {libraries}")
    print(f"size {document['size']}, medians of {document['repeat']}; load before "
          f"{machine['load_before'][0]:.1f}, after {machine['load_after'][0]:.1f}")
    for work, cases in document["works"].items():
        print(f"\n{TITLES[work]}")
        columns = list(next(iter(cases.values())))
        rows = [["", *(HEADS.get(column, column.replace("_", " ")) for column in columns)]]
        for case, figures in cases.items():
            rows.append([case, *(shown(column, figures[column]) for column in columns)])
        print_aligned(rows)


def print_aligned(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for case, *rest in rows:
        cells = [text.rjust(width) for text, width in zip(rest, widths[1:])]
        print("  ".join([case.ljust(widths[0]), *cells]))


def shown(column, value):
    if column.startswith(BYTES):
        return size(value)
    if column.endswith("seconds") or "_seconds_" in column:
        return f"{value:.4f}" if value < 0.1 else f"{value:.2f}"
    return f"{value:.0f}"


def size(count):
    if count < 10_000:
        return f"{count:.0f} B"
    return f"{count / 1e3:.1f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"
