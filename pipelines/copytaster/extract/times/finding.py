"""The way of one story: its blocks' tokens, the phrases in them, and what these mean from first to last."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from copytaster.extract.story import Story
from copytaster.extract.times.clauses import words_of
from copytaster.extract.times.grammar import Grammar, grammar
from copytaster.extract.times.joining import phrases_of
from copytaster.extract.times.moments import Moment, plus_days, plus_months
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.plausibility import is_of_event, is_time
from copytaster.extract.times.readings import Reading
from copytaster.extract.times.resolution import bound_by, expression, read
from copytaster.extract.times.timeline import Timeline
from copytaster.extract.times.tokens import TimeToken, tokens_of
from copytaster.records import TimeExpression

LANGUAGE = "en"
LENGTHS = re.compile(r"P(\d+)([DWMY])$")
"""Durations of days, weeks, months and years."""


DAYS_OF, MONTHS_OF = {"D": 1, "W": 7}, {"M": 1, "Y": 12}


def find(story: Story, language: str = LANGUAGE) -> tuple[TimeExpression, ...]:
    """The time expressions of a story; see `times.find_times`."""
    rules = grammar(language)
    timeline = Timeline(story, language)
    found: list[TimeExpression] = []
    for block in story.blocks:
        for phrase, tokens in block_phrases(story, block.start, block.end, rules):
            add(phrase, tokens, timeline, found)
    return tuple(found)


def block_phrases(story: Story, start: int, end: int, rules: Grammar) -> list[tuple[Phrase, Sequence[TimeToken]]]:
    """The phrases of one block with the block's tokens."""
    tokens = tokens_of(story, start, end, rules.lexicon)
    return [(phrase, tokens) for phrase in phrases_of(story.text, tokens, rules.search(tokens))]


def add(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline, found: list[TimeExpression]) -> None:
    """Reads a phrase and appends what it says; what is no time leaves no trace."""
    timeline.current_sentence = timeline.story.sentence_at(phrase.start)
    timeline.current_block = timeline.story.block_at(phrase.start).start
    if not is_time(phrase, tokens, timeline):
        if phrase.rule == "range":
            for part in ("start", "end"):
                add(phrase.parts[part], tokens, timeline, found)
        return
    phrase = in_context(phrase, tokens, timeline)
    reading = read(phrase, timeline)
    if phrase.rule == "range" and (reading is None or (is_one_day(reading) and reading.timex_type == "DATE")):
        # "Waitangi Day - February 6" is one day by two names
        for part in ("start", "end"):
            add(phrase.parts[part], tokens, timeline, found)
        return
    if reading is None:
        return
    reading = bound_by(reading, phrase, tokens, timeline)
    joint = phrase.first - 1 - ("on" in classes_at(tokens, phrase.first - 1))
    if classes_at(tokens, joint).keys() & {"ended", "to", "through"}:
        end_before(joint, tokens, reading, found)
    index = len(found)
    found.append(expression(reading, phrase, timeline))
    if phrase.rule == "inamount" and phrase.bound:
        length = phrase.parts["amount"]
        inner = read(length, timeline)
        if inner is not None:
            found[index] = replace(found[index], anchor_time=index + 1)
            found.append(expression(inner, length, timeline))
    if is_compared(phrase, tokens):
        reading = replace(reading, is_comparison=True)
    is_point = reading.moment is not None and reading.value is not None and reading.timex_type in ("DATE", "TIME")
    if phrase.rule == "range":
        end = read(phrase.parts["end"], timeline)
        if end is not None and end.moment is not None and end.value is not None:
            # "from 1946 to 1951 and, two years later, …"
            timeline.add(index, end, end.moment, phrase.start, phrase.end, is_limit=not is_one_day(reading))
    if reading.moment is not None and is_point:
        timeline.add(index, reading, reading.moment, phrase.start, phrase.end, is_of_event=phrase.rule == "eventday")
    if not reading.is_comparison:
        has_months = reading.timex_type == "DURATION" and reading.granularity in ("month", "quarter", "year")
        timeline.note_figures(index, reading.moment if is_point else None, has_months, phrase.start)


def is_compared(phrase: Phrase, tokens: Sequence[TimeToken]) -> bool:
    """Whether a month is one that a figure is compared with: "rose to 6.4 percent in May from 6.3 percent in April"."""
    if phrase.rule != "date" or "in" not in classes_at(tokens, phrase.first - 1):
        return False
    before = tokens[max(0, phrase.first - 5) : phrase.first - 1]
    starts = [i for i, token in enumerate(before) if token.classes.keys() & {"from", "than"}]
    return bool(starts) and any("number" in token.classes for token in before[starts[-1] :])


def is_one_day(reading: Reading) -> bool:
    """Whether a stretch ends on the day on which it begins."""
    first, last = reading.interval
    return first is not None and first == last


def end_before(joint: int, tokens: Sequence[TimeToken], reading: Reading, found: list[TimeExpression]) -> None:
    """Gives the length that ends with a date, which token `joint` introduces, its days: "the three months ended June 30", "the 13 weeks to Nov. 22", "the
    year to March".
    """
    end = reading.interval[1] or (reading.moment.end if reading.moment else None)
    if not found or reading.moment is None or end is None or reading.moment.unit not in ("day", "month"):
        return
    last = found[-1]
    if joint < 1 or last.span.end != tokens[joint - 1].end:
        return
    length = LENGTHS.match(last.timex_value or "")
    is_bare = joint > 1 and "the" in tokens[joint - 2].classes
    is_unit = joint > 0 and bool(tokens[joint - 1].classes.keys() & {"unit", "unit1"})
    is_ended = ("ended" in tokens[joint].classes and is_unit) or ("to" in tokens[joint].classes and is_bare)
    if is_ended and last.timex_type == "DATE" and last.granularity in ("week", "month"):
        # "the week ending November 30", "the week to 30 November"
        try:
            named = Moment.of(last.granularity, end)
            first = plus_days(end, -6) if last.granularity == "week" else named.start
        except OverflowError:
            return
        found[-1] = replace(last, timex_value=named.value, interval_start=first, interval_end=end)
        return
    if length:
        count, unit = int(length.group(1)), length.group(2)
    elif last.granularity in ("quarter", "fiscal quarter"):
        count, unit = 3, "M"
    else:
        return
    try:
        if unit in DAYS_OF:
            start = plus_days(end, 1 - count * DAYS_OF[unit])
        else:
            start = plus_months(plus_days(end, 1), -count * MONTHS_OF[unit])
    except OverflowError:
        return
    found[-1] = replace(last, interval_start=start, interval_end=end)


def classes_at(tokens: Sequence[TimeToken], at: int) -> Mapping[str, str]:
    """The classes of a token; none outside the block."""
    return tokens[at].classes if 0 <= at < len(tokens) else {}


def in_context(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> Phrase:
    """The phrase as the words around it make it another: "in 18 months" is a date ahead of us, "$5 a year" a rate, "the
    year ended June 30" a length.
    """
    before, after = classes_at(tokens, phrase.first - 1), classes_at(tokens, phrase.last)
    if phrase.rule == "amount":
        if "in" in before and not timeline.is_particle(tokens[phrase.first - 1].start):
            in_time = with_time_word(phrase, tokens)
            if in_time is not None:
                return in_time
            return ahead(phrase, tokens, timeline)
        if is_one_day_hence(phrase, before, timeline):
            return replace(phrase, rule="vague", slots=(("vague", "FUTURE_REF"),))
        if {name for name, _ in phrase.slots} == {"a", "unit1"} and is_rate(phrase, timeline):
            return replace(phrase, rule="rate", parts={"amount": phrase})
    if (
        phrase.rule in ("unit", "fiscalyear")
        and "Y" in (phrase.get("unit1"), phrase.get("unit"))
        and not phrase.has("ref")
    ) and ("ended" in after or is_up_to(phrase, tokens)):
        whole = replace(phrase, rule="amount", slots=(("a", "1"), ("unit1", "Y")))
        return replace(phrase, rule="untilend", parts={"amount": whole})
    if is_month_and_count(phrase, tokens, timeline):
        phrase = replace(
            phrase,
            rule="month" if phrase.has("ref") else "date",
            end=tokens[phrase.last - 2].end,
            last=phrase.last - 1,
            slots=tuple(slot for slot in phrase.slots if slot[0] != "day"),
        )
    if is_of_event(phrase, tokens, timeline):
        return replace(phrase, rule="eventday")
    if phrase.rule == "unit" and phrase.get("unit1") == "N":
        return replace(phrase, rule="partofday")  # "that night", "the same night"
    if phrase.rule == "unitbefore" and "base" not in phrase.parts and is_before_event(phrase, tokens, timeline):
        # of "the day after his death" and "later in the day before returning home" only "the day" is the time
        day = replace(phrase, end=tokens[phrase.last - 2].end, last=phrase.last - 1)
        if phrase.edge:
            return replace(day, rule="unit", slots=(("the", "the"), ("unit1", "D")))
        return replace(day, rule="eventday")
    return with_any_weekday(phrase, before, timeline)


def is_month_and_count(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> bool:
    """Whether what looks like a day counts what follows: "Last December 23 people drowned", "in March 20 firms closed"."""
    names = [name for name, _ in phrase.slots]
    if phrase.rule != "date" or names not in (["ref", "month", "day"], ["month", "day"]) or phrase.last >= len(tokens):
        return False
    opens = phrase.has("ref") or "in" in classes_at(tokens, phrase.first - 1)
    counted = timeline.story.token_at(tokens[phrase.last].start)
    is_beside = timeline.story.text[phrase.end : counted.idx] == " "
    return opens and is_beside and counted.tag_ in words_of(timeline.language, "common plural tag")


def is_before_event(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> bool:
    """Whether what "the day before", "the day after" counts from follows: "the day after his death", not "they had said the
    day before there were shots".
    """
    if not classes_at(tokens, phrase.last - 1).keys() & {"before", "after"}:
        return False
    word = timeline.story.token_at(tokens[phrase.last - 1].start)
    governs = any(child.i > word.i for child in word.children)
    return governs or word.dep_ in words_of(timeline.language, "conjunction relation")


def is_up_to(phrase: Phrase, tokens: Sequence[TimeToken]) -> bool:
    """Whether a month follows up to which it is counted: "the year to March", "the year to the end of June"."""
    if "to" not in classes_at(tokens, phrase.last):
        return False
    at = phrase.last + 1 + ("the" in classes_at(tokens, phrase.last + 1))
    is_day = "day" in classes_at(tokens, at) and "month" in classes_at(tokens, at + 1)
    return is_day or bool(classes_at(tokens, at).keys() & {"month", "edgenoun", "edge"})


def with_any_weekday(phrase: Phrase, before: Mapping[str, str], timeline: Timeline) -> Phrase:
    """Reads "on a Sunday afternoon in July", "one Friday" as no certain one, "a Friday deadline" as this week's."""
    day = phrase.parts.get("day", phrase)
    is_bare = phrase.rule in ("weekday", "dated") and [name for name, _ in day.slots] == ["weekday"]
    if not is_bare:
        return phrase
    first = timeline.story.token_at(phrase.start)
    while first.i and first.nbor(-1).pos_ == "ADJ":
        first = first.nbor(-1)
    # "on a cold Friday in February", not "will take a physical Thursday"
    is_described = (
        first.i > 1
        and first.idx < phrase.start
        and first.nbor(-1).lower_ in words_of(timeline.language, "article")
        and first.nbor(-2).pos_ in ("ADP", "AUX")
    )
    if not (is_described or "a" in before or before.get("number") == "1"):
        return phrase
    last = timeline.story.token_at(phrase.end - 1)
    is_before_noun = last.head.i > last.i and last.head.pos_ in ("NOUN", "PROPN")
    is_of_noun = is_before_noun or last.dep_ in words_of(timeline.language, "noun of noun")
    return phrase if is_of_noun else replace(phrase, rule="anyweekday")


def ahead(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> Phrase:
    """Reads "in 18 months" as a date, where the clause looks ahead; with "not earlier than" before it from these words on."""
    at = phrase.first - 2
    bound = classes_at(tokens, at).get("bound")
    if not bound:
        direction = timeline.direction(phrase.start, phrase.end)
        is_short = (phrase.get("unit") or phrase.get("unit1") or phrase.get("units") or "").startswith("PT")
        after = tokens[phrase.last].lower if phrase.last < len(tokens) else ""
        if (
            direction == "past"
            or is_superlative(phrase, timeline)
            or after in words_of(timeline.language, "degree adverb")
        ):
            return phrase
        if (is_short or direction != "future") and not timeline.is_of_start(phrase.start):
            return phrase  # "charges halfway in 30 minutes", not "will resume in 30 minutes"
        return replace(phrase, rule="inamount", parts={"amount": phrase})
    return replace(phrase, rule="inamount", start=tokens[at].start, first=at, parts={"amount": phrase}, bound=bound)


def with_time_word(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase | None:
    """Such as "in [two weeks' time]", "in [a year's time]": a date ahead, whatever the tense; else None."""
    at = phrase.last
    if not classes_at(tokens, at).keys() & {"apos", "poss"} or "timeword" not in classes_at(tokens, at + 1):
        return None
    return replace(phrase, rule="inamount", end=tokens[at + 1].end, last=at + 2, parts={"amount": phrase})


def is_one_day_hence(phrase: Phrase, before: Mapping[str, str], timeline: Timeline) -> bool:
    """Whether "one day" means some day ahead: "will one day be", "could one day return"; not "lasted one day"."""
    if [name for name, _ in phrase.slots] != ["number", "unit"] or phrase.slots != (("number", "1"), ("unit", "D")):
        return False
    token = timeline.story.token_at(phrase.end - 1)
    if before.keys() & {"in", "for", "within", "after", "on", "of", "approx"} or token.head.pos_ not in ("VERB", "AUX"):
        return False
    if token.i > token.head.i:
        return False  # "take it one day at a time"
    modals = words_of(timeline.language, "future helper") | words_of(timeline.language, "hope helper")
    names = {
        child.lower_ for child in token.head.children if child.dep_ in words_of(timeline.language, "helper relation")
    }
    return bool(names & modals)


def is_superlative(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether something is the first, worst, … "in 20 years": a length that ends now."""
    token = timeline.story.token_at(phrase.start)
    words = timeline.story.doc[max(0, token.sent.start, token.i - 14) : token.i]
    ranks = words_of(timeline.language, "rank word")
    superlative = words_of(timeline.language, "superlative tag")
    return any(w.tag_ in superlative or w.lower_ in ranks for w in words)


def is_rate(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether "a year" says how often: after a number, a sum or a plural ("four flights a week")."""
    token = timeline.story.token_at(phrase.start)
    if token.i == 0:
        return False
    before = timeline.story.doc[token.i - 1]
    if before.tag_ in words_of(timeline.language, "common singular tag") and any(
        w.like_num for w in timeline.story.doc[max(0, token.i - 7) : token.i]
    ):
        return True  # "1,800 tons of carbon dioxide a year"
    counted = words_of(timeline.language, "count tag")
    return before.tag_ in counted or before.ent_type_ in ("MONEY", "PERCENT") or before.lower_ == "%"
