# SPDX-License-Identifier: Apache-2.0
"""Names, identity numbers, telephones and the make-up of households."""

import datetime
import typing

from demo_data import places

CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
COUNTY = "522730"
OTHER_COUNTIES = ("520102", "520115", "522722", "522729", "500101", "431224")

# The county lies in a Buyi and Miao prefecture. The shares are a guess; no public list was found.
NATIONS = {"汉族": 58, "布依族": 27, "苗族": 13, "侗族": 1, "水族": 1}


class Member(typing.NamedTuple):
    kin: str
    sex: str
    age: int


class Names:
    """Draws names and numbers; no number is given twice."""

    def __init__(self, chance):
        self.chance = chance
        surnames = places.read("cn-surnames.csv")
        self.surnames = [row["surname"] for row in surnames]
        self.weights = [float(row["weight_percent"]) for row in surnames]
        self.given = {"M": [], "F": []}
        for row in places.read("cn-given-names.csv"):
            self.given[row["gender"]].append(row["given_name"])
        self.used = set()

    def surname(self):
        return self.chance.choices(self.surnames, self.weights)[0]

    def full(self, sex, surname=None):
        return (surname or self.surname()) + self.chance.choice(self.given[sex])

    def nation(self):
        return self.chance.choices(list(NATIONS), list(NATIONS.values()))[0]

    def birth_date(self, age, today):
        """A day on which somebody who is `age` years old today was born."""
        return today - datetime.timedelta(days=int(age * 365.25) + self.chance.randrange(1, 365))

    def identity(self, sex, born, area=COUNTY):
        """A number by GB 11643; sequences from 900 up, odd for men."""
        while True:
            sequence = self.chance.randrange(900, 1000, 2) + (sex == "M")
            body = f"{area}{born:%Y%m%d}{sequence}"
            total = sum(int(digit) * weight for digit, weight in zip(body, CHECK_WEIGHTS))
            number = body + CHECK_CHARACTERS[total % 11]
            if self.take(number):
                return number

    def phone(self):
        while True:
            number = f"154{self.chance.randrange(10**8):08}"
            if self.take(number):
                return number

    def take(self, number):
        fresh = number not in self.used
        self.used.add(number)
        return fresh


def household(chance):
    """The members of one household, head first; 3.0 on average."""
    make = chance.choices(
        [alone, couple, nuclear, three_generations, single_parent, left_behind],
        [12, 19, 40, 19, 5, 5])[0]
    return make(chance)


def alone(chance):
    return [head(chance, 55, 90)]


def couple(chance):
    return with_spouse(chance, head(chance, 45, 80))


def nuclear(chance):
    adults = with_spouse(chance, head(chance, 27, 52))
    return adults + children(chance, adults, chance.choices([1, 2, 3], [50, 42, 8])[0])


def three_generations(chance):
    adults = with_spouse(chance, head(chance, 28, 50))
    parents = [Member("母亲", "F", adults[0].age + chance.randint(20, 30))]
    if chance.random() < 0.6:
        parents.insert(0, Member("父亲", "M", parents[0].age + chance.randint(0, 4)))
    return adults + children(chance, adults, chance.choices([1, 2], [55, 45])[0]) + parents


def single_parent(chance):
    parent = head(chance, 28, 55)
    return [parent] + children(chance, [parent], 1)


def left_behind(chance):
    """Grandparents with a grandchild whose parents work far away."""
    adults = with_spouse(chance, head(chance, 56, 74))[: chance.choice([1, 2])]
    sex = chance.choice("MF")
    return adults + [Member("孙子" if sex == "M" else "孙女", sex, chance.randint(3, 13))]


def head(chance, youngest, oldest):
    return Member("户主", chance.choices("MF", [82, 18])[0], chance.randint(youngest, oldest))


def with_spouse(chance, first):
    sex = "F" if first.sex == "M" else "M"
    return [first, Member("配偶", sex, max(22, first.age + chance.randint(-4, 3)))]


def children(chance, adults, count):
    eldest = min(adult.age for adult in adults) - 21
    ages = sorted((chance.randint(0, min(eldest, 26)) for _ in range(count)), reverse=True)
    members = []
    for age in ages:
        sex = chance.choices("MF", [52, 48])[0]
        members.append(Member("子" if sex == "M" else "女", sex, age))
    return members
