# SPDX-License-Identifier: Apache-2.0
"""The villages of the county, and the tables that came with them."""

import csv
import pathlib
import typing

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Examples" / "data"


class Place(typing.NamedTuple):
    code: str
    name: str
    township: str
    is_urban: bool
    # Place among the villages of the table, from 0.
    place: int


def read(name):
    """The rows of one file of Examples/data."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def villages():
    """Every village of the 2021 edition, by code, in the order of the table."""
    rows = read("longli-divisions.csv")
    names = {row["code"]: row["name"] for row in rows}
    found = {}
    for row in rows:
        if row["level"] == "village":
            found[row["code"]] = Place(
                row["code"], short(row["name"]), names[row["parent_code"]],
                row["urban_rural"].startswith("1"), len(found))
    return found


def short(name):
    """茶香村委会 is the committee, 茶香村 the village."""
    return name.removesuffix("居委会").removesuffix("委会")
