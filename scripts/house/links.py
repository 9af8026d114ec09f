# SPDX-License-Identifier: Apache-2.0
"""Relative links of Markdown files: the file and the heading must exist."""

import re
import urllib.parse

from findings import Finding

INLINE = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)")
FENCE = re.compile(r"^\s*(?:```|~~~)")
CODE = re.compile(r"(`+)(?:(?!\1).)+\1")
OUTSIDE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")


def check(root, path):
    for number, line in prose(root / path):
        for target in INLINE.findall(line) + REFERENCE.findall(line):
            if not OUTSIDE.match(target):
                yield from check_link(root, path, number, target)


def check_link(root, path, number, target):
    name, _, fragment = urllib.parse.unquote(target).partition("#")
    if name.startswith("/"):
        yield Finding(path, number, "link", f"{target} begins with /", "write a relative link")
        return
    file = (root / path).parent / name if name else root / path
    if not file.exists():
        yield Finding(
            path, number, "link", f"{target} leads nowhere", "correct it, or add the file")
    elif fragment and file.suffix == ".md" and fragment not in anchors(file):
        yield Finding(
            path, number, "link", f"{target} names no heading of that page",
            "correct the part after #")


def prose(file):
    """Yields (line number, text) outside fences, with inline code blanked."""
    fenced = False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, CODE.sub(lambda match: " " * len(match.group()), line)


def anchors(file):
    """The anchors that GitHub gives to the headings of a page."""
    found = {}
    fenced = False
    for line in file.read_text(encoding="utf-8").splitlines():
        if FENCE.match(line):
            fenced = not fenced
        if fenced or not (heading := HEADING.match(line)):
            continue
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1))
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    repeated = {f"{slug}-{n}" for slug, count in found.items() for n in range(1, count + 1)}
    return repeated | set(found)
