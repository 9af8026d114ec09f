# SPDX-License-Identifier: Apache-2.0
"""Folds acts by the tables of acts.md, apart from the program."""

OFFICE = ["village", "township", "department", "county"]
OPEN = ["registered", "triaged", "accepted", "dispatched", "taken", "handling", "escalated"]
ANYWHERE, BACK, STAY = None, "<back>", None

# action: rows of (from, to, roles, times, after)
MACHINES = {
    "matters": ("registered", {
        "triage": [(["registered"], "triaged", ["grid_member", *OFFICE], None, None)],
        "withdraw": [(["registered"], "withdrawn", [], None, None)],
        "accept": [(["triaged", "escalated"], "accepted",
                    ["unit_head", "grid_member", *OFFICE], None, None)],
        "refuse": [(["triaged"], "refused", OFFICE, None, None)],
        "dispatch": [(["accepted"], "dispatched", OFFICE, None, None)],
        "take": [(["dispatched"], "taken", [], None, None)],
        "return": [(["dispatched", "taken"], "accepted", [], None, None),
                   (["escalated"], BACK, [], None, None)],
        "handle": [(["accepted", "taken", "whistled"], "handling", [], None, None)],
        "request_extension": [(["handling"], STAY, [], None, None)],
        "extend": [(["handling"], STAY, [], None, "request_extension")],
        "suspend": [(["handling"], "suspended", [], None, None)],
        "resume": [(["suspended"], "handling", [], None, None)],
        "escalate": [(["triaged", "accepted", "handling"], "escalated", [], None, None)],
        "whistle": [(["handling"], "whistled", [], None, None)],
        "complete": [(["handling", "whistled"], "completed", [], None, None)],
        "verify": [(["completed"], "verified", [], None, None)],
        "reopen": [(["completed"], "handling", [], None, None),
                   (["verified"], "handling", ["township", "county"], 1, None),
                   (["refused"], "triaged", [], None, None)],
        "publish": [(["verified"], "published", OFFICE, None, None)],
        "archive": [(["published"], "archived", [], None, None)],
        "merge": [(OPEN, "merged", [], None, None)],
        **{side: [(ANYWHERE, STAY, [], None, None)] for side in
           ["comment", "supervise", "urge", "instruct", "notify", "revisit"]},
    }),
    "disputes": ("found", {
        "register": [(["found"], "registered", [], None, None)],
        "dismiss": [(["found"], "dismissed", [], None, None)],
        "assign": [(["registered"], "assigned", [], None, None)],
        "return": [(["assigned"], "registered", [], None, None)],
        "mediate": [(["registered", "assigned", "mediating", "escalated", "partial", "failed",
                      "relapsed"], "mediating", [], None, None)],
        "succeed": [(["mediating"], "succeeded", [], None, None)],
        "partial": [(["mediating"], "partial", [], None, None)],
        "fail": [(["mediating"], "failed", [], None, None)],
        "escalate": [(["mediating"], "escalated", [], None, None)],
        "refer": [(["escalated", "failed"], "referred", [], None, None)],
        "revisit": [(["succeeded"], "revisit", [], None, None)],
        "relapse": [(["revisit", "closed"], "relapsed", [], None, None)],
        "close": [(["succeeded", "partial", "failed", "referred", "revisit"], "closed",
                   [], None, None)],
        "comment": [(ANYWHERE, STAY, [], None, None)],
    }),
    "hazards": ("found", {
        "assign": [(["found"], "assigned", [], None, None)],
        "fix": [(["assigned"], "fixing", [], None, None)],
        "clear": [(["fixing"], "cleared", [], None, None)],
        "recheck": [(["cleared"], "rechecked", [], None, None)],
        "reopen": [(["cleared", "rechecked"], "fixing", [], None, None)],
        "comment": [(ANYWHERE, STAY, [], None, None)],
    }),
    "unit_heads": ("none", {
        "propose": [(["none", "removed"], "proposed", [], None, None)],
        "elect": [(["proposed"], "elected", [], None, None)],
        "serve": [(["elected", "assessed"], "serving", [], None, None)],
        "assess": [(["serving"], "assessed", [], None, None)],
        "remove": [(["assessed"], "removed", [], None, None)],
        "comment": [(ANYWHERE, STAY, [], None, None)],
    }),
}

ROLES = {
    "reporter": ["reporter", "反映人"], "unit_head": ["unit_head", "联户长", "楼栋长"],
    "grid_member": ["grid_member", "网格员", "专职网格员"], "village": ["village", "村", "社区"],
    "township": ["township", "镇", "街道"], "department": ["department", "部门"],
    "county": ["county", "县"],
}
ROLE_OF = {word: role for role, words in ROLES.items() for word in words}


def act_id(act: dict) -> str:
    index = f".{act['index']}" if act["index"] else ""
    return f"{act['replica'][:16]}-{act['sequence']}{index}"


def fold(machine: str, acts: list[dict]) -> dict:
    """The state and what became of each act, in their order."""
    state, table = MACHINES[machine]
    acts = sorted(acts, key=lambda act: (
        act["milliseconds"], act["counter"], act["replica"], act["sequence"], act["index"]))
    annulled, faulty, changed, seen = set(), set(), {}, {}
    for place, act in enumerate(acts):
        if act["parts"].get("action") != "correct":
            seen.setdefault(act_id(act), []).append(place)
            continue
        found = seen.get(act["parts"].get("of"), [])
        if len(found) != 1:
            faulty.add(place)
        elif act["parts"].get("annul") is True:
            annulled.add(found[0])
        else:
            changed.setdefault(found[0], {}).update(
                {name: value for name, value in act["parts"].items()
                 if name not in ("action", "of", "annul", "by", "role", "reason")})
    before, counts, pending, outcomes = state, {}, set(), []
    for place, act in enumerate(acts):
        action = act["parts"].get("action", "")
        if place in faulty:
            outcomes.append([act_id(act), "unknown_act", state])
            continue
        if place in annulled:
            outcomes.append([act_id(act), "annulled", state])
            continue
        if action == "correct":
            outcomes.append([act_id(act), "noted", state])
            continue
        outcome = "noted"
        rows = table.get(action)
        row = next((each for each in rows or []
                    if each[0] is ANYWHERE or state in each[0]), None)
        role = ROLE_OF.get((act["parts"] | changed.get(place, {})).get("role"))
        if rows is None:
            outcome = "unknown_action"
        elif row is None:
            outcome = "not_legal"
        else:
            _, to, roles, times, after = row
            key = (action, tuple(row[0] or ()))
            if role and roles and role not in roles:
                outcome = "wrong_role"
            elif times is not None and counts.get(key, 0) >= times:
                outcome = "too_often"
            elif after and after not in pending:
                outcome = "not_asked"
            else:
                counts[key] = counts.get(key, 0) + 1
                pending.discard(after)
                pending.add(action)
                if to == BACK:
                    outcome, state, before = "moved", before, state
                elif to is not STAY:
                    outcome = "moved"
                    if to != state:
                        before = state
                    state = to
        outcomes.append([act_id(act), outcome, state])
    return {"state": state, "outcomes": outcomes}
