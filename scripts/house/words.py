# SPDX-License-Identifier: Apache-2.0
"""Words, type names, first lines and lengths of Swift files."""

import re

from findings import Finding
from imports import QUIET_FLOORS
from swift_text import words_of

SPDX = "// SPDX-License-Identifier: Apache-2.0"
# They begin with their tools version.
MANIFESTS = ["Package.swift", "Fuzz/Package.swift"]
LINES_MAX = 400
PRINTING = ["gridctl", "gridbench", "gridsim"]
NIO_TARGETS = ["GridTransport", "gridctl"]

# Code that does not occur in Sources: rule, pattern, what to do instead.
IN_SOURCES = [
    ("task", r"\bTask\s*(?:<[^>]*>\s*)?(?:\([^)]*\)\s*)?\{|\bTask\.init\b",
     "use a task group that waits for its children"),
    ("detached", r"\bTask\.(?:detached|immediateDetached)\b",
     "use a task group that waits for its children"),
    ("unchecked", r"@unchecked\b", "make the type Sendable, or give it one owner"),
    ("unsafe-isolation", r"\bnonisolated\s*\(\s*unsafe\s*\)",
     "use a Mutex over one small struct"),
    ("try", r"\btry!", "handle the error, or say with precondition why there is none"),
    ("wall-clock", r"\bDate\s*\(\s*\)|\bDate\.now\b", "take `now` as a parameter"),
    ("fatal", r"\bfatalError\s*\(", "use precondition with the state in its text"),
]

# Code that does not occur on floors 0-3, which only compute.
ON_QUIET_FLOORS = [
    ("quiet-concurrency",
     r"\b(?:async|await|actor|Task|TaskGroup|TaskLocal|MainActor|globalActor|isolated|nonisolated"
     r"|with(?:Throwing|Discarding|ThrowingDiscarding)?TaskGroup|AsyncStream"
     r"|AsyncThrowingStream|AsyncSequence|DispatchQueue|Thread)\b",
     "return an effect and let floor 5 carry it out"),
    ("quiet-lock", r"\b(?:Mutex|NSLock|NSRecursiveLock|Atomic|OSAllocatedUnfairLock)\b",
     "keep a value with one owner; locks live above floor 3"),
    ("quiet-clock",
     r"\bDate\s*\(|\b(?:ContinuousClock|SuspendingClock|DispatchTime|clock_gettime|gettimeofday)\b",
     "take `now` as a parameter"),
    ("quiet-dice",
     r"\bSystemRandomNumberGenerator\b|\.random\s*\(\s*(?:in|using)\b"
     r"|\.randomElement\s*\(|\.shuffled?\s*\("
     r"|\b(?:arc4random\w*|getrandom)\b",
     "take the random bytes as a parameter; GridCrypto's Random makes them"),
]

# What may follow an access level; elsewhere `public` and `open` are names like any other.
DECLARATIONS = (
    r"(?:\(set\)|@|(?:import|struct|class|enum|actor|protocol|func|var|let|init|extension|typealias"
    r"|static|final|subscript|indirect|mutating|nonisolated|override|convenience|required|weak"
    r"|unowned|lazy|macro|infix|prefix|postfix|dynamic|distributed|consuming|borrowing)\b)"
)

EVERYWHERE = [
    ("public", rf"\b(?:public|open)(?=\s*{DECLARATIONS})", "write `package`, or nothing"),
]

IN_COMMENTS = [
    ("later", r"\b(?:TODO|FIXME|XXX)\b", "do it now, or write an issue"),
    ("banner", r"\bMARK\b", "split the file instead"),
]

PRINT = re.compile(r"(?:(?<![.\w])|\bSwift\.)(?:print|debugPrint|dump)\s*\(")
DECLARATION = re.compile(
    r"\b(?:struct|class|enum|actor|protocol|typealias|macro)\s+`?(?P<name>[A-Z]\w*)")
NAME_PART = re.compile(r"V\d+(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
EMPTY_WORDS = {
    "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Info",
    "Data", "Handler", "Handlers",
}


def check(path, target, source, code, comments):
    """Yields findings about one Swift file; `target` is None for Package.swift."""
    in_sources = path.startswith("Sources/")
    tables = [(code, EVERYWHERE), (comments, IN_COMMENTS)]
    if in_sources:
        tables.append((code, IN_SOURCES))
    if in_sources and target in QUIET_FLOORS:
        tables.append((code, ON_QUIET_FLOORS))
    for text, table in tables:
        for rule, pattern, remedy in table:
            for line, word in words_of(text, re.compile(pattern)):
                yield Finding(path, line, rule, f"`{' '.join(word.split())}` {place(rule)}", remedy)
    if in_sources and target not in PRINTING:
        for line, _ in words_of(code, PRINT):
            yield Finding(path, line, "print", "`print(` outside the commands", "use the logger")
    yield from check_names(path, target, code)
    yield from check_shape(path, source)


def place(rule):
    return "on floors 0-3" if rule.startswith("quiet") else "is a word we do without"


def check_names(path, target, code):
    for match in DECLARATION.finditer(code):
        name = match.group("name")
        for part in NAME_PART.findall(name):
            if part in ("Handler", "Handlers") and target in NIO_TARGETS:
                continue
            if part in EMPTY_WORDS or re.fullmatch(r"V\d+", part):
                line = code.count("\n", 0, match.start()) + 1
                yield Finding(
                    path, line, "type-name", f"type name {name} holds `{part}`",
                    "say what the type is or does")


def check_shape(path, source):
    lines = source.split("\n")
    first = 1 if path in MANIFESTS else 0
    if len(lines) <= first or lines[first] != SPDX:
        yield Finding(
            path, first + 1, "spdx", "the licence line is missing", f"put `{SPDX}` here")
    count = len(source.splitlines())
    if count > LINES_MAX and not any("one thing:" in line for line in lines[:5]):
        yield Finding(
            path, 1, "length", f"{count} lines, more than {LINES_MAX}",
            "split it, or say why not in the first five lines as `// one thing: ...`")
