#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Joins reports of measurements to one document and one page of tables.

usage: report.py [--out BASE] [--commit NAME] [--against FILE] REPORT.json ...

A report is what `gridbench --json` prints (Benchmarks/README.md, "Reports"). A work of a report may
name its `system`; one without is Onegrid's. With --out BASE.json and BASE.md are written, else the
page is printed.
"""

import argparse
import datetime
import json
import pathlib

OWN = "Onegrid"
SCHEMA = "onegrid.bench/1"
# What is added to a stage's name in those of its figures.
PER_ENTRY, SHARE = "_per_entry", "_share"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out")
    parser.add_argument("--commit", default="")
    parser.add_argument("--against")
    parser.add_argument("reports", nargs="+")
    options = parser.parse_args()
    document = joined([read(path) for path in options.reports])
    document["commit"] = options.commit
    document["date"] = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    if options.against:
        compare(document, read(options.against))
    text = page(document)
    if not options.out:
        print(text, end="")
        return
    pathlib.Path(options.out + ".json").write_text(
        json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    pathlib.Path(options.out + ".md").write_text(text, encoding="utf-8")


def read(path):
    report = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    if report.get("schema") != SCHEMA:
        raise SystemExit(f"{path} is no report of measurements ({SCHEMA})")
    return report


def joined(reports):
    """One document with the works of all reports; the machine is the first one's."""
    works = [work for report in reports for work in report["works"]]
    return {
        "schema": SCHEMA, "version": reports[0].get("version", ""),
        "machine": reports[0]["machine"], "works": works,
    }


def place(work):
    """What is compared with what."""
    return work["work"], work["size"], work.get("notes", "stock"), work.get("link")


def compare(document, earlier):
    """Notes beside each figure how its median stands to the earlier one."""
    before = {
        (place(work), work.get("system", OWN), figure["name"]): figure["median"]
        for work in earlier["works"] for figure in work["figures"]
    }
    for work in document["works"]:
        for figure in work["figures"]:
            median = before.get((place(work), work.get("system", OWN), figure["name"]))
            if median:
                figure["against"] = figure["median"] / median


def page(document):
    machine = document["machine"]
    lines = [
        "# Measured last",
        "",
        f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}, "
        f"{machine['memoryBytes'] / 2**30:.1f} GiB, load {machine['load']} at the beginning. "
        f"{document['date']}, commit {document['commit'] or 'unknown'}. Written by `scripts/bench`; "
        "what the works are and what the figures mean stands in [README.md](README.md). "
        "Medians, and in brackets the least and the most.",
    ]
    near = [work for work in document["works"] if not work.get("link")]
    for where in dict.fromkeys(place(work) for work in near):
        works = [work for work in near if place(work) == where]
        lines += ["", *table(where, works)]
    far = [work for work in document["works"] if work.get("link")]
    for name in dict.fromkeys(work["work"] for work in far):
        lines += ["", *links_table([work for work in far if work["work"] == name])]
    return "\n".join(lines) + "\n"


def table(where, works):
    """A figure a line, a system a column; Onegrid's comes first."""
    works = sorted(works, key=lambda work: work.get("system", OWN) != OWN)
    name, size, notes, _ = where
    own = works[0]
    yield f"## {name}, size {size}" + (f", {notes} notes" if notes != "stock" else "")
    yield ""
    yield f"{own['title'][0].upper()}{own['title'][1:]}. Repetitions: {own['repetitions']}."
    yield ""
    names = list(dict.fromkeys(figure["name"] for work in works for figure in work["figures"]))
    stages = [name for name in names if name + PER_ENTRY in names]
    if stages:
        yield from stage_rows(stages, {figure["name"]: figure for figure in own["figures"]})
        yield ""
        of_stages = {stage + part for stage in stages for part in ("", PER_ENTRY, SHARE)}
        names = [name for name in names if name not in of_stages]
    found = [{figure["name"]: figure for figure in work["figures"]} for work in works]
    compared = any("against" in figure for figures in found for figure in figures.values())
    heads = ["figure", *(work.get("system", OWN) for work in works)]
    if compared:
        heads.append("to the earlier report")
    yield row(heads)
    yield row(["---"] + ["---:"] * (len(heads) - 1))
    for name in names:
        cells = [cell(figures.get(name)) for figures in found]
        if compared:
            ratio = found[0].get(name, {}).get("against")
            cells.append(f"× {ratio:.2f}" if ratio else "")
        yield row([name.replace("_", " "), *cells])


def links_table(works):
    """A figure a line, a weak link a column."""
    first = works[0]
    yield f"## {first['work']} over weak links"
    yield ""
    yield f"{first['title'][0].upper()}{first['title'][1:]}. Repetitions: {first['repetitions']}."
    yield ""
    yield row(["figure", *(work["link"] for work in works)])
    yield row(["---"] + ["---:"] * len(works))
    yield row(["size", *(work["size"] for work in works)])
    found = [{figure["name"]: figure for figure in work["figures"]} for work in works]
    for name in dict.fromkeys(name for figures in found for name in figures):
        cells = [cell(figures.get(name)) for figures in found]
        yield row([name.replace("_", " "), *cells])


def stage_rows(stages, figures):
    """A stage a line, with all that is known of it."""
    heads = ["stage", "seconds", "an entry", "share"]
    if compared := any("against" in figures[stage] for stage in stages):
        heads.append("to the earlier report")
    yield row(heads)
    yield row(["---"] + ["---:"] * (len(heads) - 1))
    for stage in stages:
        cells = [cell(figures[stage])]
        cells += [amount(part["median"], part["unit"])
                  for part in (figures[stage + PER_ENTRY], figures[stage + SHARE])]
        if compared:
            ratio = figures[stage].get("against")
            cells.append(f"× {ratio:.2f}" if ratio else "")
        yield row([stage.replace("_", " "), *cells])


def row(cells):
    return "| " + " | ".join(cells) + " |"


def cell(figure):
    if figure is None:
        return "–"
    text = amount(figure["median"], figure["unit"])
    if figure["min"] == figure["max"]:
        return text
    return f"{text} ({amount(figure['min'], figure['unit'])}…{amount(figure['max'], figure['unit'])})"


def amount(value, unit):
    if unit == "B" and value >= 2**20:
        value, unit = value / 2**20, "MiB"
    elif unit == "B" and value >= 2**14:
        value, unit = value / 2**10, "KiB"
    if value == int(value) or value >= 1000:
        digits = 0
    else:
        digits = 1 if value >= 100 else 2 if value >= 1 else 4
    return f"{value:,.{digits}f}".replace(",", " ") + (f" {unit}" if unit else "")


if __name__ == "__main__":
    main()
