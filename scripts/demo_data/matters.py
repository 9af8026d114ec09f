# SPDX-License-Identifier: Apache-2.0
"""Matters replayed from public service requests: times and mix are real, no more."""

import datetime
import hashlib
import random

from demo_data import places

# Type of request -> (weight, title, category, three_way, urgency or nothing)
MATTERS = {
    "Pick up Dead Animal": [
        (5, "路边发现死亡犬只，请求清运", "民生服务/公共事业", "collective", None),
        (3, "河沟边发现死亡家禽，请求清运消毒", "民生服务/公共事业", "collective", None),
        (2, "发现死亡生猪，请求无害化处理", "突发事件报告", "public", "urgent"),
    ],
    "Animal Generic Request": [
        (5, "流浪犬只在村内游荡", "参与治安防控", "collective", None),
        (3, "散养牲畜上路影响通行", "民生服务/交通", "collective", None),
        (1, "犬只追咬路人，请求处置", "突发事件报告", "public", "emergency"),
        (1, "家禽进入菜地毁坏作物", "矛盾劝解", "collective", None),
    ],
    "Pest Infestation - Residential": [
        (7, "房屋鼠害严重，请求指导灭鼠", "民生服务/住房", "own", None),
        (3, "房屋发现白蚁，请求排查", "民生服务/住房", "own", None),
    ],
    "Bed Bugs": [(1, "室内跳蚤臭虫，请求消杀指导", "民生服务/住房", "own", None)],
    "Animal Found": [(1, "拾到走失牲畜，寻找失主", "民生服务/公共事业", "collective", None)],
    "Animal Lost": [(1, "耕牛走失，请求协助寻找", "其它", "own", "urgent")],
    "Animal Noise Disturbances": [(1, "夜间犬吠扰邻", "矛盾劝解", "collective", None)],
}
UNKNOWN_TYPE = [(1, "群众反映事项", "其它", "collective", None)]

# Channel of the request -> (weight, source of the matter)
SOURCES = {
    "Constituent Call": [(8, "电话"), (2, "12345")],
    "Citizens Connect App": [(1, "微信")],
    "City Worker App": [(1, "巡查")],
    "Employee Generated": [(3, "走访"), (1, "部门转办")],
    "Self Service": [(1, "来访")],
}
UNKNOWN_SOURCE = [(1, "纸质台账")]
FOUND_BY_STAFF = ("巡查", "走访", "部门转办")

SPOTS = ("村口", "文化广场旁", "通组路旁", "卫生室附近", "小学附近", "便民桥头", "停车场旁", "水井边")
URGENT_WITHIN = datetime.timedelta(hours=24)


def replay(place, grids, share, names):
    """The matters of one part of the requests; each precinct becomes a grid of one village."""
    part, parts = share
    requests = places.read("boston311-2018.csv")
    precincts = sorted({row["precinct"] for row in requests})
    order = {precinct: index for index, precinct in enumerate(precincts)}
    mine = [row for row in requests if order[row["precinct"]] % parts == part - 1]
    if not mine:  # More parts than precincts.
        mine = requests[part - 1 :: parts] or requests[:1]
    return [matter(place, grids, order[row["precinct"]] // parts, row, names) for row in mine]


def matter(place, grids, district, request, names):
    # A chance of its own, so that a request tells the same story in every village and part.
    chance = random.Random(request["case_id"])
    story = pick(MATTERS.get(request["type"], UNKNOWN_TYPE), chance)
    _, title, category, three_way, urgency = story
    source = pick(SOURCES.get(request["source"], UNKNOWN_SOURCE), chance)[1]
    grid = grids[district % len(grids)]
    spot = f"{place.name}{chance.randint(1, 6)}组{chance.choice(SPOTS)}"
    anonymous = source in FOUND_BY_STAFF or chance.random() < 0.15
    return {
        "matter_no": f"{place.code}{request['opened_at'][:10].replace('-', '')}{mark(request)}",
        "title": title,
        "content": f"{spot}：{title}。（演示数据，时间取自公开服务请求 {request['case_id']}）",
        "category": category,
        "three_way": three_way,
        "source": source,
        "anonymous": "true" if anonymous else "false",
        "reporter_name": "" if anonymous else names.full(chance.choice("MF")),
        "reporter_phone": "" if anonymous else names.phone(),
        "grid_code": grid["grid_code"],
        "place": spot,
        "occurred_at": request["opened_at"],  # Taken as local time, +08:00.
        "urgency": urgency or ("urgent" if is_due_soon(request) else "normal"),
    }


def pick(rows, chance):
    return chance.choices(rows, [row[0] for row in rows])[0]


def mark(request):
    """Four characters that stand for the request."""
    digest = hashlib.blake2b(request["case_id"].encode(), digest_size=8).digest()
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(letters[byte % 32] for byte in digest[:4])


def is_due_soon(request):
    if not request["due_at"]:
        return False
    moment = datetime.datetime.fromisoformat
    return moment(request["due_at"]) - moment(request["opened_at"]) <= URGENT_WITHIN
