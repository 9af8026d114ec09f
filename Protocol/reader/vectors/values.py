# SPDX-License-Identifier: Apache-2.0
"""values.json: every kind of value, at its edges."""

from onegrid_reader.values import VALUE


def nested(levels: int) -> dict:
    return {"list": [nested(levels - 1)]} if levels else {"text": "end"}


SAMPLES = {
    "empty text": {"text": ""},
    "ASCII text": {"text": "dry"},
    "Chinese text": {"text": "茶香村第三网格"},
    "text outside the basic plane": {"text": "𠮷𣗋🌾"},
    "composed e with acute": {"text": "caf\u00e9"},
    "decomposed e with acute": {"text": "cafe\u0301"},
    "text of 127 bytes": {"text": "a" * 127},
    "text of 128 bytes": {"text": "a" * 128},
    "zero": {"integer": 0},
    "minus one": {"integer": -1},
    "one": {"integer": 1},
    "last integer of one byte": {"integer": 63},
    "first integer of two bytes": {"integer": 64},
    "last negative integer of one byte": {"integer": -64},
    "greatest integer": {"integer": 2**63 - 1},
    "least integer": {"integer": -2**63},
    "no": {"boolean": False},
    "yes": {"boolean": True},
    "decimal 0": {"decimal": {"mantissa": 0, "scale": 0}},
    "decimal 12.5": {"decimal": {"mantissa": 125, "scale": 1}},
    "decimal -0.000000001": {"decimal": {"mantissa": -1, "scale": 9}},
    "decimal 100": {"decimal": {"mantissa": 100, "scale": 0}},
    "decimal of the least mantissa": {"decimal": {"mantissa": -2**63, "scale": 0}},
    "1970-01-01": {"date": 0},
    "2026-11-24": {"date": 20_781},
    "0001-01-01": {"date": -719_162},
    "9999-12-31": {"date": 2_932_896},
    "2026-11-24T02:30Z": {"time": 1_795_487_400_000},
    "a time before 1970": {"time": -1},
    "county": {"area": "522730"},
    "township": {"area": "522730103"},
    "village": {"area": "522730103210"},
    "grid": {"area": "522730103210003"},
    "group": {"area": "52273010321000300"},
    "unit": {"area": "5227301032100030207"},
    "county with a leading zero": {"area": "011000"},
    "greatest unit": {"area": "9" * 19},
    "reference": {"reference": "00112233445566778899"},
    "greatest reference": {"reference": "ff" * 10},
    "no bytes": {"bytes": ""},
    "bytes": {"bytes": "00ff10"},
    "origin of all points": {"point": {"latitude": 0, "longitude": 0}},
    "point in Longli": {"point": {"latitude": 264_500_000, "longitude": 1_069_700_000}},
    "south-western corner": {"point": {"latitude": -900_000_000, "longitude": -1_800_000_000}},
    "attachment": {
        "attachment": {"hash": bytes(range(32)).hex(), "size": 183_204,
                       "media_type": "image/jpeg"}},
    "attachment of the greatest size": {
        "attachment": {"hash": "ee" * 32, "size": 2**64 - 1, "media_type": ""}},
    "empty list": {"list": []},
    "mixed list": {"list": [{"text": "b"}, {"text": "a"}, {"integer": 2}, {"list": []}]},
    "lists four deep": nested(4),
    "empty map": {"map": []},
    "map": {"map": [
        {"name": "amount", "value": {"decimal": {"mantissa": 1_205, "scale": 2}}},
        {"name": "payee", "value": {"text": "王"}},
        {"name": "z", "value": {"map": [{"name": "", "value": {"boolean": True}}]}},
        {"name": "村", "value": {"area": "522730103210"}}]},
}


def make() -> list[dict]:
    return [{"name": name, "bytes": VALUE.write(value).hex(), "value": value}
            for name, value in SAMPLES.items()]
