# SPDX-License-Identifier: Apache-2.0
"""acts.json: timelines, and what they fold to."""

import random

from onegrid_reader import acts

START = 1_790_000_000_000
REPLICAS = ["1111111111111111" + "0" * 16, "2222222222222222" + "0" * 16]


def act(action, after=0, replica=0, sequence=1, index=0, counter=0, **parts):
    return {"milliseconds": START + after, "counter": counter, "replica": REPLICAS[replica],
            "sequence": sequence, "index": index, "parts": {"action": action} | parts}


def line(*actions):
    return [act(action, after=1000 * place, sequence=place + 1)
            for place, action in enumerate(actions)]


def stories():
    whole = line("triage", "accept", "dispatch", "take", "handle", "complete", "verify",
                 "publish", "archive")
    yield "a matter to its end", "matters", whole
    yield "nothing yet", "matters", []
    yield "out of place", "matters", line("complete", "triage", "dance", "accept", "accept")
    yield "roles", "matters", [
        act("triage"), act("accept", after=1, sequence=2, role="反映人"),
        act("accept", after=2, sequence=3, role="村"),
        act("dispatch", after=3, sequence=4, role="unit_head"),
        act("dispatch", after=4, sequence=5, role="somebody")]
    yield "escalated and returned", "matters", line(
        "triage", "accept", "handle", "escalate", "return", "escalate", "accept")
    yield "reopened once", "matters", line(
        "triage", "accept", "handle", "complete", "reopen", "complete", "verify", "reopen",
        "complete", "verify", "reopen")
    yield "extensions", "matters", line(
        "triage", "accept", "handle", "extend", "request_extension", "extend", "extend")
    yield "two nodes apart", "matters", [
        act("triage"), act("accept", after=5, sequence=2),
        act("refuse", after=5, replica=1), act("dispatch", after=6, sequence=3),
        act("return", after=7, replica=1, sequence=2), act("comment", after=7, sequence=4),
        act("merge", after=7, sequence=4, index=1)]
    corrected = line("triage", "accept", "handle", "complete")
    yield "corrections", "matters", [
        *corrected,
        act("correct", after=9000, sequence=5, of=acts.act_id(corrected[3]), annul=True),
        act("correct", after=9001, sequence=6, of=acts.act_id(corrected[1]), role="反映人"),
        act("correct", after=9002, sequence=7, of="nothing"),
        act("correct", after=1, replica=1, of=acts.act_id(corrected[2]), annul=True)]
    yield "two acts of one name", "matters", [
        act("triage"), act("comment", after=1), act("correct", after=2, sequence=9,
                                                    of=acts.act_id(act("triage")), annul=True)]
    yield "mediated and relapsed", "disputes", line(
        "register", "mediate", "mediate", "succeed", "revisit", "relapse", "mediate", "partial",
        "close", "succeed")
    yield "referred", "disputes", line(
        "register", "assign", "return", "mediate", "fail", "refer", "close", "dismiss")
    yield "a hazard", "hazards", line("fix", "assign", "fix", "clear", "reopen", "clear", "recheck")
    yield "a head", "unit_heads", line(
        "propose", "elect", "serve", "remove", "assess", "serve", "assess", "remove", "propose")
    dice = random.Random(7)
    for machine, (_, table) in acts.MACHINES.items():
        for number in range(8):
            yield f"drawn {number + 1}", machine, [
                act(dice.choice([*table, "correct", "nonsense"]), after=dice.randrange(40),
                    replica=dice.randrange(2), sequence=place + 1,
                    **({"role": dice.choice(["村", "镇", "网格员", "反映人"])}
                       if dice.random() < 0.3 else {}),
                    **({"of": f"{REPLICAS[dice.randrange(2)][:16]}-{dice.randrange(1, 30)}",
                        "annul": True} if dice.random() < 0.2 else {}))
                for place in range(30)]


def make():
    return [{"name": f"{machine}: {name}", "machine": machine, "acts": items,
             **acts.fold(machine, items)} for name, machine, items in stories()]
