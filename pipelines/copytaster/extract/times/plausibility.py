"""What looks like a time and is none: counts ("2000 people"), names, ages, rates, generic words."""

from __future__ import annotations

from collections.abc import Sequence

from copytaster.extract.times.clauses import words_of
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.proper_names import is_appended, is_month, is_newspaper, is_of_games, is_person, is_work
from copytaster.extract.times.timeline import Timeline
from copytaster.extract.times.tokens import TimeToken
from copytaster.extract.times.years import is_year


def is_time(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> bool:
    """Whether a phrase is meant as a time where it stands."""
    before = tokens[phrase.first - 1] if phrase.first else None
    after = tokens[phrase.last] if phrase.last < len(tokens) else None
    if is_work(phrase, timeline):
        return False
    if phrase.rule == "year":
        return is_year(phrase, before, after, timeline)
    if phrase.rule == "amount":
        return is_amount(phrase, before, after, timeline)
    if phrase.rule == "bareday":
        return is_bare_day(phrase, before, after, timeline)
    if phrase.rule == "spell":
        return is_spell(phrase, before, after, timeline)
    if phrase.rule == "vagueat" and phrase.has("pasttime"):
        return after is None or "of" not in after.classes  # not "at the time of its founding"
    if is_of_event(phrase, tokens, timeline):
        return True
    if phrase.rule == "partofday":
        return is_part(phrase, before)
    if phrase.rule == "quarter" and not phrase.has("year") and not phrase.has("fiscal"):
        return not has_near(phrase, timeline, "match word")
    if phrase.rule == "half" and [name for name, _ in phrase.slots if name != "the"] == ["ordinal", "half"]:
        # "orders in the first half rose", not "scored twice in the first half"
        is_business = has_near(phrase, timeline, "figure noun") and not has_near(phrase, timeline, "match word")
        return phrase.has("the") and is_business
    if phrase.rule == "fullyear" or (phrase.rule == "half" and phrase.has("dash") and not phrase.has("year")):
        # "the first-half loss", not "a first-half goal"
        return after is not None and after.lower in words_of(timeline.language, "figure noun")
    if phrase.rule == "season":
        return is_season(phrase, before, after) and not is_of_games(phrase, timeline)
    if phrase.rule == "unit":
        return is_unit(phrase, before, after, tokens, timeline)
    if phrase.rule == "unitbefore" and "base" not in phrase.parts:
        if phrase.get("unit1") in ("D", "N", None) and not phrase.has("weekday"):
            # "the day after his death", not "had said the day before there were shots"
            return after is None or after.lower not in words_of(timeline.language, "expletive")
        # not "the year before the vote", which nobody has dated
        return after is None or not after.lower[0].isalnum() or bool(after.classes.keys() & {"and", "in", "at", "on"})
    if (
        phrase.rule == "weekday"
        and len(phrase.slots) == 1
        and phrase.edge is None
        and is_appended(timeline.story.token_at(phrase.start), timeline.language)
    ):
        return False
    text = timeline.story.text[phrase.start : phrase.end]
    if phrase.rule == "vaguenp":
        return text[1:] == text[1:].lower()  # not "the Future Farmers"
    if phrase.rule == "clock" and phrase.has("noon"):
        return not text.istitle() or " " not in text  # "High Noon" is a film
    if phrase.rule == "holiday" and {name for name, _ in phrase.slots} <= {"the", "holiday"} and after is not None:
        # "the Good Friday Agreement", "Christmas Island"
        is_headline = timeline.story.block_at(phrase.start).kind == "headline"
        following = timeline.story.token_at(after.start)
        is_name = after.start - phrase.end == 1 and following.pos_ == "PROPN" and following.text.istitle()
        return not is_name or is_headline or bool(after.classes)
    if phrase.rule == "vaguepast":
        return timeline.story.token_at(phrase.end - 1).pos_ == "NOUN"
    if phrase.rule == "set":
        return is_recurrence(phrase, text, timeline)
    if phrase.rule == "dated" and text.istitle() and after is not None and after.start - phrase.end == 1:
        following = timeline.story.token_at(after.start)
        return not (following.pos_ == "PROPN" and phrase.parts["clock"].rule == "partofday")  # "Monday Night Football"
    if phrase.rule == "decade" and is_of_life(phrase, timeline):
        return False  # "in her twenties", "his late 30s"
    if phrase.rule == "decade" and phrase.has("decade") and text[-3:-2].isdigit():
        # "in his 30s" is an age
        return sum(c.isdigit() for c in text) == 4 or phrase.has("the") or phrase.edge is not None
    if phrase.rule == "dayword" and phrase.get("dayword") == "0" and is_general(phrase, timeline):
        return False
    if phrase.rule == "dayword" and text[0].isupper():
        token = timeline.story.token_at(phrase.start)
        is_name = token.i > 0 and token.nbor(-1).pos_ == "PROPN" and token.nbor(-1).text[0].isupper()
        is_inside = token.i > 0 and not token.is_sent_start and token.nbor(-1).pos_ in ("DET", "PART", "ADJ")
        if is_inside and token.i + 1 < len(timeline.story.doc) and token.nbor().pos_ in ("NOUN", "PROPN"):
            return False  # "the BBC's Today programme"
        is_named = token.ent_type_ in ("ORG", "PRODUCT", "WORK_OF_ART", "PERSON") or text.isupper()
        return not (is_name and is_named)  # "USA Today"
    if phrase.rule == "vaguerel":
        # "shortly after", "shortly before" are times of their own only where nothing follows them
        is_open = text.lower().endswith(tuple(words_of(timeline.language, "open end")))
        return after is None or not after.lower[0].isalnum() or not is_open
    if phrase.rule == "vague" and phrase.get("vague") == "FUTURE_REF":
        # "was soon released", "soon became a flood": soon after something, and over
        token = timeline.story.token_at(phrase.start)
        return not (token.dep_ in words_of(timeline.language, "adverb relation") and timeline.is_told(token.head))
    if phrase.rule == "vagueadj":
        return phrase.get("vagueadj") == "PRESENT_REF"  # "recent" and "future" describe, they tell no time
    if phrase.rule == "date" and phrase.has("month") and len(phrase.slots) == 1:
        return is_month(phrase, tokens, timeline)
    return True


def is_of_event(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> bool:
    """Whether a day is told by what happened on it: "the day of the attack", "the night of her arrest"; not "the day of the
    week".
    """
    names = [name for name, _ in phrase.slots]
    is_day = phrase.rule in ("unit", "partofday") and names in (["the", "unit1"], ["the", "part"]) and not phrase.edge
    if not is_day or phrase.get("unit1") not in ("D", "N", None) or phrase.last + 2 >= len(tokens):
        return False
    of, determiner, event = tokens[phrase.last : phrase.last + 3]
    is_event = determiner.lower in words_of(timeline.language, "event determiner") and not event.classes
    return "of" in of.classes and is_event


def has_near(phrase: Phrase, timeline: Timeline, kind: str) -> bool:
    """Whether the sentence has a word of this kind: of a match ("scored 12 points in the fourth quarter"), of a business."""
    words = words_of(timeline.language, kind)
    return any(token.lower_ in words for token in timeline.story.token_at(phrase.start).sent)


def is_recurrence(phrase: Phrase, text: str, timeline: Timeline) -> bool:
    """A recurrence, and no mere adjective of a figure: "paid quarterly", not "the quarterly dividend"."""
    if phrase.has("per") and (phrase.get("unit1") or "").startswith("PT"):
        return False  # "15 million instructions per second"
    token = timeline.story.token_at(phrase.start)
    is_title = phrase.has("periodic") and text.istitle() and 0 < token.i < len(timeline.story.doc) - 1
    if is_title and token.nbor().text.istitle() and token.nbor().pos_ == "PROPN":
        return False  # "the Daily News"
    if phrase.has("periodic") and is_newspaper(token, timeline.language):
        return False
    if text.lower() not in words_of(timeline.language, "figure adjective"):
        return True
    is_last = token.i + 1 >= len(timeline.story.doc)
    return is_last or token.nbor().pos_ not in ("NOUN", "ADJ", "PROPN", "VERB", "NUM")


def is_general(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether "today" means no day, but the present in general: "today's youth", "in today's world"."""
    token = timeline.story.token_at(phrase.end - 1)
    if token.i + 2 >= len(token.doc) or token.nbor().tag_ not in words_of(timeline.language, "possessive tag"):
        return False
    return token.nbor(2).lower_ in words_of(timeline.language, "general noun")


def is_of_life(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether a person's own years are meant, by the possessive before them."""
    token = timeline.story.token_at(phrase.start)
    return token.i > 0 and token.nbor(-1).tag_ in words_of(timeline.language, "possessive pronoun tag")


def is_amount(phrase: Phrase, before: TimeToken | None, after: TimeToken | None, timeline: Timeline) -> bool:
    """An amount of time, and no age; a bare plural ("weeks") only where it can be an amount."""
    if phrase.has("old"):
        return not is_age(phrase, timeline)
    following = after.classes if after is not None else {}
    if phrase.has("quant") and before is not None and before.lower in words_of(timeline.language, "degree word"):
        return False  # "only so many years", "how many days"
    if phrase.slots == (("a", "1"), ("unit1", "D")) and "of" in following:
        return False  # "a day of action", "a day of prayer" are occasions
    if phrase.slots[:1] == (("a", "1"),) and phrase.all("unit1") == ["PTS"] and len(phrase.slots) == 2:
        # "for a second", not "a second, a third"
        is_length = after is not None and after.lower in words_of(timeline.language, "after second")
        return is_length or (before is not None and before.lower in words_of(timeline.language, "before second"))
    is_fraction = ("of" in following or phrase.has("dash")) and not phrase.has("consecutive")
    if is_fraction and "Q" in phrase.all("unit") + phrase.all("unit1"):
        return False  # "three-quarters", "a quarter of": parts, not quarters of a year
    if {name for name, _ in phrase.slots} == {"units"}:
        if after is not None and after.lower in words_of(timeline.language, "distance word"):
            return False  # "only minutes apart"
        can_count = before is not None and before.lower in words_of(timeline.language, "before plural")
        is_opening = before is None or timeline.story.token_at(phrase.start).is_sent_start
        # "days after the vote", "Months of talks ended"
        is_long = not (phrase.get("units") or "").startswith("PT")
        is_before = bool(following.keys() & {"before", "after", "earlier", "later"}) and not is_described(
            phrase, timeline
        )
        if after is not None and after.lower in words_of(timeline.language, "far word"):
            return True  # "the worst is days away"
        return phrase.get("units") != "PTS" and (
            can_count or is_before or (bool(is_opening) and is_long and "of" in following)
        )
    return "old" not in following  # "52 years old"


def is_age(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether "6-year-old" tells a person's age: "52 years old", "a 6-year-old", "the 6-year-old Cuban boy"; a truce or an
    alliance may be years old, too, and that is a length of time.
    """
    if not phrase.has("dash"):
        return True
    doc = timeline.story.doc
    token = timeline.story.token_at(phrase.end - 1)
    is_thing = False
    for following in doc[token.i + 1 : token.i + 6]:
        if following.ent_type_ == "PERSON" or is_person(following, timeline.language):
            return True
        if following.pos_ not in ("NOUN", "ADJ", "PROPN", "ADV", "PUNCT"):
            break
        is_thing = is_thing or following.pos_ == "NOUN"
    return not is_thing


def is_bare_day(phrase: Phrase, before: TimeToken | None, after: TimeToken | None, timeline: Timeline) -> bool:
    """Whether "the 15th" is a day of the month: "expected on the 15th", not "on the 15th floor", "the fifth"."""
    text = timeline.story.text[phrase.start : phrase.end]
    if before is None or before.lower not in words_of(timeline.language, "before bare day") or not text[-3].isdigit():
        return False
    return after is None or timeline.story.token_at(after.start).pos_ not in ("NOUN", "PROPN", "ADJ", "NUM", "ADV")


def is_described(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether an adjective or a number stands before a bare plural ("working days after")."""
    token = timeline.story.token_at(phrase.start)
    before = token.nbor(-1) if token.i else None
    if before is None or before.tag_ in words_of(timeline.language, "plural tag") or before.text == "%":
        return False  # "cut power to 60,000 homes hours before"
    return before.pos_ in ("ADJ", "NUM", "NOUN", "DET")


def is_spell(phrase: Phrase, before: TimeToken | None, after: TimeToken | None, timeline: Timeline) -> bool:
    """Whether "the weeks", "the years" is a stretch of time: "the weeks before the vote", "over the years", "the early
    years"; not "the minutes of the meeting", "the 24 hours".
    """
    if (phrase.get("units") or "").startswith("PT"):
        return after is not None and bool(after.classes.keys() & {"before", "after"})
    if phrase.has("phase"):
        return phrase.has("the")
    if before is not None and before.lower in words_of(timeline.language, "before spell"):
        return True
    return after is not None and after.lower in words_of(timeline.language, "after spell")


def is_part(phrase: Phrase, before: TimeToken | None) -> bool:
    """A part of the day alone: with "this", "that", "last"; "the morning" after "in"."""
    if phrase.has("ref") or phrase.has("that") or phrase.has("same") or phrase.has("overnight"):
        return True
    if phrase.has("edge"):
        return before is not None and bool(before.classes.keys() & {"in", "by", "until", "since", "from", "before"})
    if phrase.has("partword"):  # "at dawn", "by nightfall"
        return before is not None and bool(before.classes.keys() & {"at", "by", "before", "after", "until", "since"})
    if phrase.has("intheday"):
        return phrase.get("intheday") != "NI"
    return phrase.edge is not None


def is_season(phrase: Phrase, before: TimeToken | None, after: TimeToken | None) -> bool:
    """A season's bare name only after words of time ("in spring", "by summer")."""
    if phrase.has("the") and len(phrase.slots) == 2 and after is not None and "of" in after.classes:
        return False  # "the fall of the wall"
    if len(phrase.slots) > 1 or phrase.edge:
        return True
    return before is not None and bool(
        before.classes.keys() & {"in", "by", "since", "until", "during", "through", "throughout", "over", "before"}
    )


def is_unit(
    phrase: Phrase, before: TimeToken | None, after: TimeToken | None, tokens: Sequence[TimeToken], timeline: Timeline
) -> bool:
    """Reads "the year" for the current year; "the day" only in "later in the day", "the end of the day"."""
    following = tokens[phrase.last + 1] if phrase.last + 1 < len(tokens) else None
    if after is not None and "dash" in after.classes and following is not None and "to" in following.classes:
        return False  # "the quarter-to-quarter comparison"
    if phrase.has("ref") or phrase.has("that") or phrase.has("same") or phrase.has("after") or phrase.has("before"):
        return not (phrase.get("unit1") or "").startswith("PT")
    if phrase.has("newyear"):
        return True
    letter = phrase.get("unit1") or phrase.get("weekend") or ""
    if letter.startswith("PT") or letter == "N":
        return False
    word = timeline.story.token_at(phrase.end - 1)
    if word.text.istitle() and word.i and not word.is_sent_start and word.nbor(-1).text[:1].isupper():
        return False  # "Winterfest Weekend", "The Week Against Waste"
    if letter == "WE":  # not "the weekend of 7-8 December", which the days tell
        return after is None or "of" not in after.classes or not phrase.has("the")
    if phrase.edge:
        return True
    if letter == "D":
        return (
            before is not None
            and "in" in before.classes
            and phrase.first > 1
            and "edge" in tokens[phrase.first - 2].classes
        )
    if letter in ("E", "C", "L"):
        return before is not None and "of" in before.classes
    is_clause = after is not None and after.lower in words_of(timeline.language, "clause word")
    return not (after is not None and ("of" in after.classes or is_clause))  # "the year they met", "the year of"
