"""Lengths of time and recurrences: "three months" is P3M, "every Tuesday" XXXX-WXX-2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading
from copytaster.records import Granularity

GRANULARITIES: dict[str, Granularity] = {
    "PTS": "minute", "PTM": "minute", "PTH": "hour", "D": "day", "N": "day", "W": "week", "F": "week", "WE": "week",
    "M": "month", "Q": "quarter", "Y": "year", "E": "decade", "C": "century", "L": "century", "QC": "century", "HC": "century",
}  # fmt: skip
MULTIPLES = {
    "QC": (25, "Y"),
    "HC": (50, "Y"),
    "F": (2, "W"),
    "Q": (3, "M"),
    "E": (10, "Y"),
    "C": (100, "Y"),
    "L": (1000, "Y"),
    "N": (1, "D"),
}
"""Units that TIMEX3 writes as several of another, when their number is known."""
COUNTED_AS = {"F": (2, "W"), "N": (1, "D"), "QC": (25, "Y"), "HC": (50, "Y")}
"""Units that are counted on the calendar as several of another."""
PARTS = {
    "Y": (12, "M"),
    "D": (24, "PTH"),
    "PTH": (60, "PTM"),
    "PTM": (60, "PTS"),
    "E": (10, "Y"),
    "C": (100, "Y"),
    "W": (7, "D"),
    "M": (30, "D"),
}
"""What a unit is divided into where an amount is no whole number."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of units; `count` None: unknown ("several"). `rest` holds further units ("two years and a month")."""

    count: float | None
    letter: str
    mod: str | None = None
    rest: tuple[tuple[float, str], ...] = ()

    @property
    def granularity(self) -> Granularity:
        """The unit named."""
        return GRANULARITIES[self.letter]

    @property
    def smallest(self) -> str:
        """The letter of its shortest unit that belongs to the calendar."""
        last = list(self.steps())[-1][1]
        return last if not self.rest else self.rest[-1][1]

    def steps(self) -> Iterator[tuple[int, str]]:
        """Whole numbers of units that together make the amount, for counting on the calendar."""
        for count, letter in ((self.count or 0, self.letter), *self.rest):
            factor, unit = COUNTED_AS.get(letter, (1, letter))
            whole = int(count * factor)
            part = count * factor - whole
            yield whole, unit
            if part and unit in PARTS and unit not in ("PTH", "PTM", "D"):
                size, smaller = PARTS[unit]
                yield round(part * size), smaller

    @property
    def value(self) -> str:
        """The TIMEX3 value: P3M, PT48H, P2Y6M, PXD."""
        if self.count is None:
            return ("PTX" if self.letter.startswith("PT") else "PX") + self.letter.removeprefix("PT").replace(
                "N", "D"
            ).replace("F", "W")
        days, clock = "", ""
        for count, letter in ((self.count, self.letter), *self.rest):
            for number, unit in pieces(count, letter):
                if unit.startswith("PT"):
                    clock += number + unit[2:]
                else:
                    days += number + unit
        return "P" + days + ("T" + clock if clock else "")


def pieces(count: float, letter: str) -> list[tuple[str, str]]:
    """An amount as TIMEX3 writes it: 2.5 years as 2Y and 6M, 1.5 days as 36 hours, 3 quarters as 9M."""
    factor, unit = MULTIPLES.get(letter, (1, letter))
    count *= factor
    if count == int(count):
        return [(str(int(count)), unit)]
    if unit not in PARTS:
        return [(f"{count:g}", unit)]
    size, smaller = PARTS[unit]
    whole = int(count)
    if unit == "D" and whole:
        return [(f"{count * 24:g}", "PTH")]
    part = round((count - whole) * size, 3)
    if part != int(part) or unit == "W":
        return [(f"{count:g}", unit)]
    return [*([(str(whole), unit)] if whole else []), (f"{part:g}", smaller)]


def amount_of(phrase: Phrase) -> Amount | None:
    """The amount that a phrase names; None when it names none ("0 days" is one, "1e99 days" is none)."""
    letters = (
        phrase.all("unit")
        + phrase.all("unit1")
        + phrase.all("units")
        + (["WE"] if phrase.has("weekends") or phrase.has("weekend") else [])
    )
    order = [value for name, value in phrase.slots if name in ("unit", "unit1", "units")] or letters
    if phrase.has("earlier") or phrase.has("ago"):  # "the year-earlier nine months"
        order = order[-1:]
    if not order:
        return None
    letter, mod = order[0], phrase.mod
    numbers = [float(value) for value in phrase.all("number")]
    if any(number > 1e6 for number in numbers):
        return None
    quant = phrase.get("aquant") or phrase.get("quant")
    half = phrase.get("andhalf") or phrase.get("fraction")
    rest: tuple[tuple[float, str], ...] = ()
    count: float | None
    if phrase.has("halfa"):
        count = float(phrase.get("halfa") or 0.5)
    elif numbers:
        count = numbers[0]
        if half:
            count += float(half)
        elif (
            phrase.has("to")
            or phrase.has("or")
            or (len(order) == 1 and phrase.has("and"))
            or (len(numbers) > 1 and len(order) == 1)
        ):
            mod = mod or "APPROX"
        elif len(numbers) > 1 or (phrase.has("a") and len(order) > 1):
            lengths = numbers[1:] if not phrase.has("a") else numbers
            count = 1.0 if phrase.has("a") else count
            rest = tuple(zip(lengths, order[1:], strict=False))
        if phrase.has("ortwo"):
            mod = mod or "APPROX"
    elif phrase.has("half"):  # "half-hour"
        count = 0.5
    elif phrase.has("fraction"):
        count = float(phrase.get("fraction") or 0.5)
    elif quant:
        count = None if quant == "X" else float(quant)
        if quant == "2":
            mod = mod or "APPROX"
    elif phrase.has("a") or phrase.has("another") or phrase.has("whole") or phrase.has("all"):
        count = 1.0 + (float(half) if half else 0)
        if phrase.has("ortwo"):
            mod = mod or "APPROX"
    elif phrase.has("long") and phrase.has("unit1"):
        count = 1.0
    else:
        count = None
    return Amount(count, letter, mod, rest)


def read_amount(phrase: Phrase) -> Reading | None:
    """Reads "three months", "a few days", "two to three weeks", "half an hour"."""
    amount = amount_of(phrase)
    if amount is None:
        return None
    return Reading(
        "DURATION",
        amount.value,
        granularity=amount.granularity,
        mod=phrase.mod or amount.mod,
        is_vague=amount.count is None,
    )


def read_of_amount(phrase: Phrase) -> Reading | None:
    """Reads "the past three months", "the first nine months", "recent weeks", "the coming days"."""
    if phrase.has("every"):  # "in each of the past three years": every one of them
        unit = Amount(1, next(value for name, value in phrase.slots if name in ("unit", "unit1", "units")))
        return Reading("SET", unit.value, granularity=unit.granularity)
    if phrase.has("seasons"):
        return Reading("SET", f"XXXX-{phrase.get('seasons')}", granularity="season")
    return read_amount(phrase)


def read_set(phrase: Phrase) -> Reading | None:
    """Reads "every Tuesday", "twice a month", "daily", "Monday nights"."""
    if phrase.has("setof"):
        return Reading("SET", phrase.get("setof"), granularity="day")
    part = phrase.get("part") or phrase.get("parts") or ("NI" if phrase.get("unit") == "N" else "")
    weekday = phrase.get("weekday") or phrase.get("weekdays")
    if weekday:
        clock = f"T{part}" if part else ""
        days = phrase.all("weekdays") or phrase.all("weekday")
        return Reading("SET", "/".join(f"XXXX-WXX-{day}{clock}" for day in days[:2]), granularity="day")
    if phrase.has("month"):
        return Reading("SET", f"XXXX-{int(phrase.get('month') or 1):02d}", granularity="month")
    if phrase.has("season"):
        return Reading("SET", f"XXXX-{phrase.get('season')}", granularity="season")
    if phrase.has("periodic"):
        value = phrase.get("periodic") or ""
        return Reading("SET", value, granularity=GRANULARITIES["PTH" if "T" in value else value[-1]])
    if part:
        return Reading("SET", f"XXXX-XX-XXT{part}", granularity="day")
    if phrase.has("holiday"):
        return Reading("SET", "P1Y", granularity="year")
    if phrase.has("weekend") or phrase.has("weekends"):
        return Reading("SET", "P2WE" if phrase.has("everyother") else "P1WE", granularity="week")
    letter = phrase.get("unit1") or phrase.get("unit") or ""
    if letter not in GRANULARITIES:
        return None
    count = 1.0
    if phrase.has("everyother"):
        count = 2.0
    elif phrase.has("every") and (phrase.has("number") or phrase.has("ordinal")):
        count = float(phrase.get("number") or phrase.get("ordinal") or 1)
    elif phrase.has("quant"):
        return Reading("SET", Amount(None, letter).value, granularity=GRANULARITIES[letter], is_vague=True)
    return Reading("SET", Amount(count, letter).value, granularity=GRANULARITIES[letter]) if count <= 1e6 else None
