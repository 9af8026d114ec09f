# SPDX-License-Identifier: Apache-2.0
"""Protocol/bundles.md: the header of a bundle and what it carries."""

from .certificates import CHAIN
from .limits import LIMITS
from .messages import NAMED_LOG, EnclosedReceipt, FRONTIER, named_order
from .notation import (
    FLAG, HOME, KEY, LOG, MESSAGE_TEXT, NONCE, SEQUENCE, UNSIGNED, VERSION, Block, Choice, Codec,
    Fields, Items, Rest, Unsigned, Violation, log_order)

BELIEF = Items(
    Fields(**LOG.fields, height=SEQUENCE), LIMITS["frontierRowsMax"], order=log_order)


class EnclosedChain(Block):
    def __init__(self):
        super().__init__(LIMITS["bundleHeaderBytesMax"])

    def read(self, cursor):
        return CHAIN.decode(bytes.fromhex(super().read(cursor)))

    def write(self, value):
        return super().write(CHAIN.write(value).hex())


class Header(Fields):
    def __init__(self):
        super().__init__(
            version=VERSION, root=KEY, chain=EnclosedChain(), nonce=NONCE, area=HOME,
            recipient=KEY, time=UNSIGNED, software=MESSAGE_TEXT)

    def decode(self, data):
        if len(data) > LIMITS["bundleHeaderBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


HEADER = Header()


class Item(Choice):
    def __init__(self):
        super().__init__({
            1: ("holds", FRONTIER),
            2: ("belief", BELIEF),
            3: ("ended", Items(NAMED_LOG, LIMITS["endedLogsMax"], order=named_order)),
            4: ("receipt", EnclosedReceipt()),
            5: ("run", Rest()),
            6: ("end", Fields(runs=UNSIGNED, has_more=FLAG)),
        })

    def decode(self, data):
        if len(data) > LIMITS["frameBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


ITEM = Item()


class ItemsToTheEnd(Codec):
    """All that a part carries: items behind their lengths, of which the last is the end."""

    def read(self, cursor):
        items, runs = [], 0
        length = Unsigned(most=LIMITS["frameBytesMax"], otherwise="length_too_large")
        while True:
            item = ITEM.decode(cursor.take(length.read(cursor)))
            items.append(item)
            runs += "run" in item
            if end := item.get("end"):
                if end["runs"] != runs:
                    raise Violation("contradiction")
                return items

    def write(self, value):
        written = [ITEM.write(item) for item in value]
        return b"".join(Unsigned().write(len(one)) + one for one in written)


CONTENT = ItemsToTheEnd()
