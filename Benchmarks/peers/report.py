# SPDX-License-Identifier: Apache-2.0
"""The figures as a report of measurements (Benchmarks/README.md, "Reports")."""

import os
import platform
import statistics

import table

# What gridbench calls the same figures, and their units; others are left out.
FIGURES = {
    "seconds": ("seconds", "s", 1), "bytes_to_receiver": ("bytes_to_receiver", "B", 1),
    "bytes_to_sender": ("bytes_to_sender", "B", 1),
    "cpu_seconds_receiver": ("receiver_cpu", "s", 1), "cpu_seconds_sender": ("sender_cpu", "s", 1),
    "peak_rss_receiver": ("receiver_peak_memory", "B", 1),
    "peak_rss_sender": ("sender_peak_memory", "B", 1),
    "disk_receiver": ("receiver_disk", "B", 1), "disk_sender": ("sender_disk", "B", 1),
    "conflicts_shown": ("conflicts", "", 1), "writes_per_second": ("lone_rate", "1/s", 1),
    "p50_seconds": ("lone_p50", "ms", 1000), "p99_seconds": ("lone_p99", "ms", 1000),
    "p999_seconds": ("lone_p999", "ms", 1000), "peak_rss": ("peak_memory", "B", 1),
    "load_seconds": ("load_seconds", "s", 1),
}
# Works that a size changes; the others are run once, as gridbench does at size m.
SIZED = ("w1", "w4", "w6")


def document(works, machine, options):
    return {
        "schema": "onegrid.bench/1", "version": "",
        "machine": {
            "processor": machine["processor"], "cores": machine["processors"],
            "kernel": platform.release(),
            "memoryBytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "load": machine["load_before"][0]},
        "works": [
            work(name, case, runs, options)
            for name, cases in works.items() for case, runs in cases.items()]}


def work(name, case, runs, options):
    return {
        "work": name, "size": options.size if name in SIZED else "m", "notes": "stock",
        "title": table.TITLES[name], "system": case, "repetitions": options.repeat,
        "figures": [figure(of, runs) for of in runs[0] if of in FIGURES]}


def figure(of, runs):
    name, unit, factor = FIGURES[of]
    values = [run[of] * factor for run in runs]
    return {
        "name": name, "unit": unit, "values": values, "median": statistics.median(values),
        "min": min(values), "max": max(values)}
