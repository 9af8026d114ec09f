# SPDX-License-Identifier: Apache-2.0
"""Splits Swift source into code and comments, each with the other (and string literals) blanked.

Both results keep every line end, so a position in them is a position in the file. Code inside
an interpolation counts as code. Regex literals without `#` are not known here; we do without them.
"""

import re

STRING_START = re.compile(r'(#*)("""|")')
REGEX_START = re.compile(r"(#+)/")


def split(source):
    """Returns (code, comments), both as long as `source`."""
    return _Splitter(source).run()


def words_of(code, pattern):
    """Yields (line, matched text) for each match of a compiled pattern."""
    for match in pattern.finditer(code):
        yield code.count("\n", 0, match.start()) + 1, match.group()


class _Splitter:
    def __init__(self, source):
        self.source = source
        self.at = 0
        self.code = [c if c == "\n" else " " for c in source]
        self.comments = list(self.code)

    def run(self):
        self.read_code(inside_interpolation=False)
        return "".join(self.code), "".join(self.comments)

    def read_code(self, inside_interpolation):
        """Reads to the end of the file, or to the `)` that ends an interpolation."""
        depth = 0
        while self.at < len(self.source):
            if self.source.startswith("//", self.at):
                end = self.source.find("\n", self.at)
                self.keep(self.comments, len(self.source) if end < 0 else end)
            elif self.source.startswith("/*", self.at):
                self.keep(self.comments, self.end_of_block_comment())
            elif start := STRING_START.match(self.source, self.at):
                self.read_string(start)
            elif start := REGEX_START.match(self.source, self.at):
                end = self.source.find("/" + start.group(1), start.end())
                self.at = len(self.source) if end < 0 else end + 1 + len(start.group(1))
            else:
                character = self.source[self.at]
                depth += (character == "(") - (character == ")")
                if inside_interpolation and depth < 0:
                    return
                self.keep(self.code, self.at + 1)

    def read_string(self, start):
        hashes, quotes = start.groups()
        escape = "\\" + hashes
        self.at = start.end()
        while self.at < len(self.source):
            if self.source.startswith(escape + "(", self.at):
                self.at += len(escape) + 1
                self.read_code(inside_interpolation=True)
                self.at += 1
            elif self.source.startswith(escape, self.at):
                self.at += len(escape) + 1
            elif self.source.startswith(quotes + hashes, self.at):
                self.at += len(quotes + hashes)
                return
            elif quotes == '"' and self.source[self.at] == "\n":
                return  # Not valid Swift; the compiler says so.
            else:
                self.at += 1

    def end_of_block_comment(self):
        depth, at = 1, self.at + 2
        while depth and at < len(self.source):
            if self.source.startswith("/*", at):
                depth, at = depth + 1, at + 2
            elif self.source.startswith("*/", at):
                depth, at = depth - 1, at + 2
            else:
                at += 1
        return at

    def keep(self, stream, end):
        stream[self.at : end] = self.source[self.at : end]
        self.at = end
