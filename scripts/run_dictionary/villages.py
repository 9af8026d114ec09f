# SPDX-License-Identifier: Apache-2.0
"""The entries that one village writes: its records, as `make-demo-data` makes them, others drawn
from the catalogue, and changes of single fields."""

import datetime
import json
import pathlib
import random

from demo_data import matters, people, places, village
from onegrid_reader import entries
from onegrid_reader.values import value_order
from run_dictionary.drawing import EPOCH, Drawing

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUE = json.loads(
    (ROOT / "Protocol" / "catalogue" / "grid-1.json").read_text("utf-8"))["collections"]
CHINA = datetime.timezone(datetime.timedelta(hours=8))
TODAY = datetime.date(2026, 10, 1)


class Village:
    """Writes entries: heads and values, one after the other."""

    def __init__(self, place, seed: str, is_blurred: bool):
        self.chance = random.Random(f"dictionary/{seed}/{place.code}")
        self.names = people.Names(self.chance)
        self.drawing = Drawing(self.chance, place, self.names, TODAY, is_blurred)
        self.rows = village.build(place, 12, TODAY, self.chance, self.names)
        self.rows["matters"] = matters.replay(
            place, self.rows["grids"], (place.place + 1, 81), self.names)
        self.sequence = 0

    def create(self) -> bytes:
        """A new record: of the demonstration, or drawn."""
        collection = self.chance.choice(CATALOGUE)
        rows = self.rows.get(collection["name"])
        if rows is None and self.chance.random() < 0.6:
            collection = self.chance.choice([one for one in CATALOGUE if one["name"] in self.rows])
            rows = self.rows[collection["name"]]
        writes = []
        row = self.chance.choice(rows) if rows else None
        for field in fields(collection):
            if row is None:
                if field["requirement"] == "required" or self.chance.random() < 0.5:
                    writes.append(write(field, self.drawing.value(field["type"]), self.chance))
            elif text := str(row.get(field["name"], "")):
                writes.append(write(field, self.parsed(field["type"], text), self.chance))
        return self.entry(collection, {"new": 0}, writes)

    def update(self) -> bytes:
        """One to three fields of a record that this log has created."""
        collection = self.chance.choice(CATALOGUE[:20])
        writable = [field for field in fields(collection) if field["kind"] != "fixed"]
        count = min(len(writable), self.chance.choices([1, 2, 3], [80, 15, 5])[0])
        chosen = sorted(
            self.chance.sample(writable, count), key=lambda field: field["number"])
        writes = []
        for field in chosen:
            rows = self.rows.get(collection["name"], [])
            texts = [text for row in rows if (text := str(row.get(field["name"], "")))]
            value = (self.parsed(field["type"], self.chance.choice(texts)) if texts
                     else self.drawing.value(field["type"]))
            writes.append(write(field, value, self.chance))
        record = {"log": self.chance.choice([0, 0, 0, 1, 2]), "index": 0,
                  "sequence": self.chance.randint(1, max(1, self.sequence))}
        return self.entry(collection, {"existing": record}, writes)

    def entry(self, collection: dict, record: dict, writes: list[dict]) -> bytes:
        self.sequence += self.chance.randint(1, 40)
        changes = [{"collection": collection["number"], "record": record, "archives": False,
                    "writes": writes}]
        values = entries.write_values(changes)
        seconds = self.chance.expovariate(1 / 90)
        context = []
        if self.chance.random() < 0.2:
            context = [{"reference": self.chance.randint(1, 9),
                        "height": self.chance.randint(1, 9000)}]
        head = entries.HEAD.write({
            "timestamp_change": self.chance.choice([1, int(seconds * 1000) << 16]),
            "context_changes": context, "values_length": len(values), "changes": changes})
        return head + values

    def parsed(self, kind: str, text: str) -> dict:
        """What an import makes of a cell."""
        match kind.split("(")[0]:
            case "integer": return {"integer": int(text)}
            case "boolean": return {"boolean": text == "true"}
            case "date": return {"date": datetime.date.fromisoformat(text).toordinal() - EPOCH}
            case "area": return {"area": text}
            case "time":
                moment = datetime.datetime.fromisoformat(text).replace(tzinfo=CHINA)
                return {"time": int(moment.timestamp()) * 1000}
            case "set" | "list":
                inner = kind.split("(", 1)[1][:-1]
                return {"list": [self.parsed(inner, part) for part in text.split("|")]}
        return self.drawing.blurred(text)


def fields(collection: dict) -> list[dict]:
    return [field for field in collection["fields"] if field["kind"] != "derived"]


def write(field: dict, value: dict, chance) -> dict:
    match field["kind"]:
        case "set":
            items = value.get("list", [value])
            unique = {json.dumps(item): item for item in items}
            operation = "remove" if chance.random() < 0.05 else "add"
            return {"field": field["number"], "operation": operation,
                    "values": sorted(unique.values(), key=value_order)}
        case "timeline": return {"field": field["number"], "operation": "append", "values": [value]}
        case "counter": return {"field": field["number"], "operation": "increment", "amount": 1}
    return {"field": field["number"], "operation": "assign", "value": value}


def everywhere(seed: str, is_blurred: bool) -> list[Village]:
    return [Village(place, seed, is_blurred) for place in places.villages().values()]
