# SPDX-License-Identifier: Apache-2.0
"""What the documents must hold afterwards, worked out without either library.

Yrs gives whole numbers back as floating point; they compare equal here.
"""

from prepare import read


def model(files):
    """The records after all operations, in order."""
    records = {}
    for path in files:
        for operation in read(path):
            assert operation["op"] == "put", "the peers run the works of plain fields only"
            records.setdefault(operation["id"], {}).update(operation["set"])
    return records


def same(found, wanted):
    if found != wanted:
        raise RuntimeError("the receiver does not hold what the operations say")


def divergence(folder, at_a, at_b):
    """Both sides are equal, no edit that stood alone is lost; counts the edits that collided.

    Neither library keeps or shows the second value of a map's key: no conflict is visible, and
    of each true conflict one value is gone.
    """
    same(at_a, at_b)
    base = model([folder / "base.jsonl"])
    before, mine, theirs = (edits(folder / f"{name}.jsonl") for name in ("base", "a", "b"))
    both = mine.keys() & theirs.keys()
    for (name, field), value in (mine | theirs).items():
        if (name, field) not in both:
            base[name][field] = value
    for name, field in both:
        kept = at_a[name][field]
        if kept not in (mine[name, field], theirs[name, field]):
            raise RuntimeError("a collided field holds neither value")
        base[name][field] = kept
    same(at_a, base)
    # A side that wrote what was there before has changed nothing, and collides with nobody.
    true = sum(len({mine[pair], theirs[pair], before[pair]}) == 3 for pair in both)
    return {
        "pairs_hit_by_both": len(both), "true_conflicts": true, "conflicts_shown": 0,
        "values_dropped": true}


def edits(path):
    return {
        (change["id"], field): value
        for change in read(path) for field, value in change["set"].items()}
