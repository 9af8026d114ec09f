# SPDX-License-Identifier: Apache-2.0
"""What a node owes: the writes it has answered, those that were under way, and those it refused."""

import threading

from processes.telling import Failed

# Collections that are written, with the fields that carry a write's tag: a write sets all of them
# at once, so that one of them alone is half a write. Matters go in a lane of their own.
TAGGED = {
    "households": ("address", "plate_no"),
    "matters": ("title", "place"),
    "patrols": ("note",),
}
# Rows that one query asks for; the API cuts at 10,000.
PAGE = 5_000


class Violation(Failed):
    """A promise of the node was broken."""


class Promise:
    """A record that the node has answered for."""

    __slots__ = ("collection", "value", "maybe")

    def __init__(self, collection, value):
        self.collection = collection
        # The tag of the last answered write.
        self.value = value
        # Tags of later writes without an answer: one of them may show instead.
        self.maybe = set()

    def copy(self):
        other = Promise(self.collection, self.value)
        other.maybe = set(self.maybe)
        return other


class Book:
    """One node's promises by record; safe to use from several threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.promises = {}
        # Tags of new records without an answer, with their collection.
        self.loose = {}
        self.refused = set()

    def begin(self, collection, tag, identity=None):
        """A write goes out."""
        with self.lock:
            if identity is None:
                self.loose[tag] = collection
            else:
                self.promises[identity].maybe.add(tag)

    def acknowledge(self, collection, tag, identity):
        """The node has said that the write is saved."""
        with self.lock:
            self.loose.pop(tag, None)
            promise = self.promises.setdefault(identity, Promise(collection, tag))
            promise.value = tag
            promise.maybe.clear()

    def refuse(self, tag, identity=None):
        """The node has said that nothing of the write was saved."""
        with self.lock:
            self.refused.add(tag)
            self.loose.pop(tag, None)
            if identity is not None:
                self.promises[identity].maybe.discard(tag)

    def households(self):
        """Records that may be patched, in a fixed order."""
        with self.lock:
            return sorted(
                identity for identity, promise in self.promises.items()
                if promise.collection == "households")

    def image(self):
        """The promises as they are now."""
        with self.lock:
            return {identity: each.copy() for identity, each in self.promises.items()}

    def forget_after(self, image):
        """The node goes on with a folder as old as the image: what came later may be there or not."""
        with self.lock:
            for identity, promise in list(self.promises.items()):
                old = image.get(identity)
                if old is None:
                    del self.promises[identity]
                    for tag in {promise.value, *promise.maybe}:
                        self.loose[tag] = promise.collection
                elif old.value != promise.value or promise.maybe:
                    promise.maybe |= {promise.value}
                    promise.value = old.value

    def settle(self, found):
        """After a restart: what shows now is owed from now on, and what does not never comes."""
        with self.lock:
            for identity, (collection, tag) in found.items():
                if identity in self.promises:
                    self.promises[identity].value = tag
                elif tag in self.loose:
                    self.promises[identity] = Promise(collection, tag)
            for promise in self.promises.values():
                promise.maybe.clear()
            self.loose.clear()


def read(node):
    """All records of the written collections: id to collection and tag. Half ones are violations."""
    found = {}
    for collection, fields in TAGGED.items():
        last = ""
        while True:
            status, answer = node.send("POST", "/v1/sql", {"sql": (
                f"SELECT id, {', '.join(fields)} FROM {collection} WHERE id > '{last}' "
                f"ORDER BY id LIMIT {PAGE}")})
            if status != 200:
                raise Violation(f"{node.name}: 读不出记录 / cannot read: {status} {answer}")
            for identity, *tags in answer["rows"]:
                if len(set(tags)) != 1 or not tags[0]:
                    raise Violation(
                        f"{node.name}: 记录只有一半 / half a record: {collection} {identity} {tags}")
                found[identity] = (collection, tags[0])
            if len(answer["rows"]) < PAGE:
                break
            last = answer["rows"][-1][0]
    return found


def compare(node, found, owed, known):
    """Every promise of the books `owed` is kept, and nothing shows that no book knows of."""
    wrong = []
    for book in owed:
        with book.lock:
            for identity, promise in book.promises.items():
                shown = found.get(identity)
                if shown is None:
                    wrong.append(f"{promise.collection} {identity} = {promise.value}: 不见了 / missing")
                elif shown[1] != promise.value and shown[1] not in promise.maybe:
                    wrong.append(
                        f"{promise.collection} {identity} = {promise.value}: "
                        f"显示 / shows {shown[1]}")
    promised = set().union(*(book.promises for book in owed))
    for identity, (collection, tag) in found.items():
        if identity in promised or any(
                identity in book.promises or tag in book.loose for book in known):
            continue
        what = (
            "被拒绝的写入出现了 / a refused write shows"
            if any(tag in book.refused for book in known)
            else "没有人写过 / nobody wrote this")
        wrong.append(f"{collection} {identity} = {tag}: {what}")
    if wrong:
        shown = "\n  ".join(wrong[:20])
        raise Violation(f"{node.name}: {len(wrong)} 处不对 / wrong:\n  {shown}")
