"""Numbers that are years, and those that are counts, measures, streets or models."""

from __future__ import annotations

from spacy.tokens import Token

from copytaster.extract.times.clauses import words_of
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.timeline import Timeline
from copytaster.extract.times.tokens import TimeToken


def is_year(phrase: Phrase, before: TimeToken | None, after: TimeToken | None, timeline: Timeline) -> bool:
    """A number as a year: "in 1998", "the 1998 vote", "(1998)"; not "2000 people", "1,500", "Boeing 1900"."""
    if len(phrase.slots) > 1:
        return True
    token = timeline.story.token_at(phrase.start)
    text = timeline.story.text
    following = text[phrase.end : phrase.end + 1]
    if following.isalpha() or (
        following in ("-", "–") and after is not None and "dash" in after.classes and is_joined_number(text, phrase.end)
    ):
        return False
    if phrase.has("yy"):
        return before is not None and bool(
            before.classes.keys() & {"in", "of", "since", "by", "until", "from", "the", "edge", "comma", "during"}
        )
    if phrase.has("wordyear") and 1900 <= int(phrase.get("wordyear") or 0) < 2000:
        return True
    if phrase.has("wordyear"):
        return (
            before is not None
            and bool(before.classes.keys() & {"in", "of", "since", "by", "until", "from", "during"})
            and not is_count(token, timeline.language)
        )
    if text[phrase.start - 1 : phrase.start] == "-" and text[phrase.start - 2 : phrase.start - 1].isupper():
        return False  # "the E-2030"
    value = int(phrase.get("year") or 0)
    if any(
        word.lower_ in words_of(timeline.language, "street word")
        for word in timeline.story.doc[token.i + 1 : token.i + 4]
    ):
        return before is not None and bool(before.classes.keys() & {"in", "since", "by", "until"})
    if (
        before is not None
        and before.end == phrase.start
        and "dash" not in before.classes
        and before.lower not in ("(", "[", "\u201c", '"', "/", "=", "'", "‘")
    ):
        return False
    if is_model(token, timeline.language):
        return False
    if is_count(token, timeline.language) or token.ent_type_ in ("PRODUCT", "FAC"):
        return False
    if before is not None and before.classes.keys() & {
        "in",
        "since",
        "by",
        "until",
        "from",
        "during",
        "of",
        "throughout",
        "between",
        "edge",
        "and",
        "to",
        "through",
        "before",
        "after",
        "for",
        "or",
    }:
        return 1000 <= value <= 2199 and not is_measure(after, timeline)
    if not 1500 <= value <= 2100 or is_measure(after, timeline):
        return False
    return not (before is not None and before.lower in words_of(timeline.language, "number word"))


def is_model(token: Token, language: str) -> bool:
    """Whether a year belongs to the name of a product or plan: "Office 2019", "Vision 2030", "a 2015 Ford Fiesta"; not "the 2015 Volkswagen scandal"."""
    doc = token.doc
    before = token.nbor(-1) if token.i else None
    if before is not None and before.text.istitle() and before.lower_ in words_of(language, "versioned name"):
        return True
    if before is not None and before.pos_ == "PROPN" and before.text.istitle() and has_other_number(before, token):
        return True  # "the Wing 2020", beside which there is a Wing 1000
    if token.i + 2 >= len(doc) or doc[token.i + 1].lower_ not in words_of(language, "vehicle maker"):
        return False
    model = doc[token.i + 2]
    return model.text[0].isupper() or model.text[0].isdigit()


def has_other_number(name: Token, number: Token) -> bool:
    """Whether the text has another number right behind the same name."""
    doc = name.doc
    return any(
        token.text == name.text and doc[token.i + 1].like_num and doc[token.i + 1].text.isdigit()
        for token in doc[: len(doc) - 1]
        if doc[token.i + 1].text != number.text and doc[token.i + 1].ent_type_ != "DATE"
    )


def is_joined_number(text: str, end: int) -> bool:
    """Whether a hyphen and another figure follow ("1998-4711")."""
    rest = text[end + 1 : end + 6]
    return rest[:3].isdigit() and not (rest[:4].isdigit() and not rest[4:5].isdigit() and "1000" <= rest[:4] <= "2199")


def is_count(token: Token, language: str) -> bool:
    """Whether a number counts what follows it: "2000 people", "about 1500 jobs"."""
    if token.ent_type_ in ("MONEY", "PERCENT", "QUANTITY"):
        return True
    head = token.head
    if token.dep_ not in words_of(language, "number relation") or head.i <= token.i:
        return False
    is_subject = head.dep_ in words_of(language, "subject relation")
    if is_subject and token.i and token.nbor(-1).pos_ == "ADP" and "1900" <= token.text <= "2199":
        return False  # "by 2100 seas could rise": the noun opens the clause
    if head.lower_ in words_of(language, "figure noun") and "1950" <= token.text <= "2099":
        return False  # "expects 2016 earnings"
    is_plural = head.tag_ in words_of(language, "common plural tag")
    if is_plural and token.i and token.nbor(-1).pos_ == "VERB" and head.i == token.i + 1:
        return True  # "sold 1999 copies"
    return is_plural and token.text.endswith("0") and token.ent_type_ != "DATE"


def is_measure(after: TimeToken | None, timeline: Timeline) -> bool:
    """Whether a unit of measure follows."""
    return after is not None and after.lower in words_of(timeline.language, "measure")
