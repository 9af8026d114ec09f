# SPDX-License-Identifier: Apache-2.0
"""Protocol/messages.md: greetings, frontiers and messages."""

from .areas import CHANGE
from .certificates import CERTIFICATE, CHAIN
from .cutoffs import CUT_OFF
from .entries import identity, log_id
from .forks import BRANCH_PROOF, identity_of, last
from .hashes import digest
from .limits import LIMITS
from .notation import (
    AREA, HOME, KEY, LANE, LOG, MESSAGE_TEXT, NONCE, SEQUENCE, UNSIGNED, VERSION, Block, Choice,
    Fields, Items, Nothing, Raw, Rest, Unsigned, Violation, area_order, log_order)
from .receipts import RECEIPT, Enclosed
from .tables import ANSWER, PARTS, QUESTION

ROW = Fields(**LOG.fields, height=SEQUENCE, head=Raw(8))
FRONTIER = Items(ROW, LIMITS["frontierRowsMax"], order=log_order)
CREDIT = Unsigned(most=LIMITS["creditBytesMax"])


def frontier_digest(rows: list[dict]) -> str:
    return digest("front", b"".join(map(ROW.write, rows)))[:16].hex()


class Versions(Fields):
    """The lowest and the highest version."""

    def __init__(self):
        super().__init__(lowest=UNSIGNED, highest=UNSIGNED)

    def read(self, cursor):
        versions = super().read(cursor)
        if versions["lowest"] > versions["highest"]:
            raise Violation("not_ascending")
        return versions


class EnclosedChain(Block):
    def __init__(self):
        super().__init__(LIMITS["greetingBytesMax"])

    def read(self, cursor):
        return CHAIN.decode(bytes.fromhex(super().read(cursor)))

    def write(self, value):
        return super().write(CHAIN.write(value).hex())


class Greeting(Fields):
    def __init__(self):
        digests = Items(
            Fields(area=AREA, digest=Raw(16)), LIMITS["messageAreasMax"],
            order=lambda item: area_order(item["area"]))
        super().__init__(
            version=VERSION, versions=Versions(), features=UNSIGNED, software=MESSAGE_TEXT,
            nonce=NONCE, clock=UNSIGNED, credit=CREDIT,
            credential=Choice({0: ("chain", EnclosedChain()), 1: ("reference", Raw(16))}),
            recognized=Choice({0: ("none", Nothing()), 1: ("reference", Raw(16))}), area=HOME,
            holdings=Choice({0: ("frontier", FRONTIER), 1: ("digests", digests)}))

    def decode(self, data):
        if len(data) > LIMITS["greetingBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


GREETING = Greeting()


NAMED_LOG = Fields(key=KEY, nonce=NONCE, area=HOME, lane=LANE)


def named_order(log: dict):
    return log_order(log_id(identity(log["key"], log["nonce"], log["area"], log["lane"])))


class EnclosedCutOff(Rest):
    """To the end of the frame."""

    def read(self, cursor):
        return CUT_OFF.decode(bytes.fromhex(super().read(cursor)))

    def write(self, value):
        return super().write(CUT_OFF.write(value).hex())


class EnclosedReceipt(Rest):
    """A receipt to the end of the frame."""

    def read(self, cursor):
        return RECEIPT.decode(bytes.fromhex(super().read(cursor)))

    def write(self, value):
        return RECEIPT.write(value)


class Branch(Items):
    """Proofs of one branch, in its order."""

    def __init__(self):
        enclosed = Enclosed(BRANCH_PROOF, LIMITS["branchProofBytesMax"])
        super().__init__(enclosed, LIMITS["branchProofsMax"], least=1)

    def read(self, cursor):
        proofs = super().read(cursor)
        for before, after in zip(proofs, proofs[1:]):
            if identity_of(before) != identity_of(after) or after["first"] <= last(before):
                raise Violation("not_ascending")
        return proofs


class Word(Choice):
    """A certificate, a cut-off or an area change."""

    def __init__(self):
        super().__init__({
            1: ("certificate", Enclosed(CERTIFICATE, LIMITS["cutOffBytesMax"])),
            2: ("cut_off", Enclosed(CUT_OFF, LIMITS["cutOffBytesMax"])),
            3: ("area_change", Enclosed(CHANGE, LIMITS["cutOffBytesMax"])),
        })


class Message(Choice):
    def __init__(self):
        lane_total = Fields(lane=LANE, entries=UNSIGNED, bytes=UNSIGNED)
        acknowledged = Items(
            Fields(**LOG.fields, height=SEQUENCE), LIMITS["frontierRowsMax"], order=log_order)
        super().__init__({
            1: ("frontier", Fields(
                areas=Items(AREA, LIMITS["messageAreasMax"], order=area_order), rows=FRONTIER)),
            2: ("totals", Items(lane_total, 3, order=lambda total: total["lane"])),
            3: ("run", Rest()),
            4: ("ack", Fields(rows=acknowledged, credit=CREDIT)),
            5: ("refusal", Fields(log=LOG, code=MESSAGE_TEXT)),
            6: ("ping", Nothing()),
            7: ("bye", MESSAGE_TEXT),
            8: ("receipt", EnclosedReceipt()),
            9: ("ended", Items(NAMED_LOG, LIMITS["endedLogsMax"], order=named_order)),
            10: ("cut_off", EnclosedCutOff()),
            11: ("heads", Fields(
                log=LOG, rows=Items(
                    Fields(height=SEQUENCE, head=Raw(8)), LIMITS["headsMax"], least=1,
                    order=lambda row: row["height"]))),
            12: ("branch", Branch()),
            13: ("audit", QUESTION),
            14: ("audited", ANSWER),
            15: ("audit_parts", PARTS),
            16: ("lanes", LANE),
            17: ("words", Fields(
                words=Items(Word(), LIMITS["wordsMax"], least=1),
                ended=Items(NAMED_LOG, LIMITS["endedLogsMax"], order=named_order))),
        })

    def decode(self, data):
        if len(data) > LIMITS["frameBytesMax"]:
            raise Violation("length_too_large")
        return super().decode(data)


MESSAGE = Message()
