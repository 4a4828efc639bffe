"""Names that look like times: "Theresa May", "the Radetzky March", the programme "Today", "the Daily News"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from spacy.tokens import Token

from copytaster.extract.times.clauses import words_of
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.timeline import Timeline
from copytaster.extract.times.tokens import TimeToken, is_listed
from copytaster.knowledge import table
from copytaster.knowledge.names import given_names

MARKS = {'"': '"', "“": "”", "‘": "’"}
"""Quotation marks around the name of a work."""


@cache
def persons(language: str) -> frozenset[str]:
    """Nouns for people, before which "50-year-old" is an age."""
    return frozenset(row["noun"] for row in table(f"{language}/person_nouns.tsv") if row["kind"] == "person")


def is_work(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether a phrase in quotation marks is the name of a programme or a book: "Today", "This Week With …", "1984"; not
    "Tomorrow," he said.
    """
    text = timeline.story.text
    named = text[phrase.start : phrase.end]
    closing = MARKS.get(text[phrase.start - 1 : phrase.start])
    if closing is None or not (named.istitle() or named.isdigit()):
        return False
    if text[phrase.end : phrase.end + 1] == closing:
        return True
    following = text[phrase.end : phrase.end + 2]
    if following[:1] == " " and following[1:].isupper():
        return True  # "Sunday With Laura", not "Sunday was hard"
    if text[phrase.end + 1 : phrase.end + 3] == "s " and text[phrase.end + 3 : phrase.end + 4].isupper():
        return True  # "Thursday's Children"
    token = timeline.story.token_at(phrase.start)
    owner = token.nbor(-2) if token.i > 1 else None  # before the quotation mark
    is_owned = owner is not None and (
        owner.pos_ in ("PROPN", "ADP") or owner.tag_ in words_of(timeline.language, "possessive tag")
    )
    return is_owned and following[:1] in (",", ".") and following[1:] == closing


def is_newspaper(token: Token, language: str) -> bool:
    """Whether "daily", "weekly" is a paper: "the Spanish daily El País", "the Communist Party daily Granma"; not "the daily
    London flights", "paid daily".
    """
    if token.lower_ not in words_of(language, "periodical") or token.i + 1 >= len(token.doc) or not token.i:
        return False
    following, before = token.nbor(), token.nbor(-1)
    is_described = before.pos_ in ("ADJ", "PROPN", "NOUN", "DET")
    if following.pos_ == "PROPN" and following.text[0].isupper() and token.head.i >= token.i:
        last = following
        while last.i + 1 < len(token.doc) and last.nbor().pos_ == "PROPN":
            last = last.nbor()
        return is_described and (last.i + 1 == len(token.doc) or last.nbor().pos_ != "NOUN")
    return is_described and token.pos_ == "NOUN" and following.pos_ in ("VERB", "AUX") and before.pos_ != "NOUN"


def is_person(token: Token, language: str) -> bool:
    """Whether a noun names a person: by the list, or by its ending ("midfielder")."""
    if token.lower_ in persons(language) or token.lemma_.lower() in persons(language):
        return True
    return token.pos_ == "NOUN" and len(token) > 6 and token.lower_.endswith(tuple(words_of(language, "person ending")))


def is_month(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> bool:
    """A month's name alone: no person's ("August Wilson", "April O'Neil")."""
    token = timeline.story.token_at(phrase.start)
    is_list = is_listed(token)  # "April was weak, May was weaker"
    if token.ent_type_ in ("PERSON", "ORG", "FAC", "GPE", "WORK_OF_ART", "EVENT") and not is_list:
        return False
    if phrase.edge is None and is_of_name(token, timeline):
        return False
    if is_march(phrase, tokens, timeline):
        return False
    if "personname" in tokens[phrase.last - 1].classes and not phrase.edge:
        before = token.nbor(-1) if token.i else None
        if (
            before is not None
            and before.pos_ == "PROPN"
            and before.text.istitle()
            and before.idx + len(before) < token.idx
        ):
            return False  # "Theresa May", "the Radetzky March"
        is_subject = token.dep_ in words_of(timeline.language, "subject relation") and token.head.pos_ == "VERB"
        if is_subject and not is_list and token.head.tag_ not in words_of(timeline.language, "gerund tag"):
            return False  # "May told the Commons"
    return not (token.dep_ in words_of(timeline.language, "named modifier") and token.head.ent_type_ == "PERSON")


def is_of_name(token: Token, timeline: Timeline) -> bool:
    """Whether a word that can be a month is a part of a name: "Ed March", "Jan Novak", "March Avenue"."""
    before = token.nbor(-1) if token.i else None
    after = token.nbor() if token.i + 1 < len(token.doc) else None
    if after is not None and after.lower_ in words_of(timeline.language, "street word"):
        return True
    if timeline.is_person_here(token) and not is_told_as_time(token, timeline.language):
        return True
    if before is not None and before.pos_ == "PROPN" and before.text in given_names():
        return before.idx + len(before) + 1 == token.idx and before.ent_type_ in ("", "PERSON")
    is_capital = after is not None and after.pos_ == "PROPN" and after.text.istitle() and not after.is_sent_start
    if is_capital and token.lower_ in words_of(timeline.language, "short month"):
        return True
    return is_appended(token, timeline.language)


def is_appended(token: Token, language: str) -> bool:
    """Whether a month's or a weekday's name stands between commas behind a person: "his sister, April, said"."""
    if token.i < 2 or token.i + 1 >= len(token.doc):
        return False
    return token.nbor(-1).text == token.nbor().text == "," and is_person(token.nbor(-2), language)


def is_told_as_time(token: Token, language: str) -> bool:
    """Whether the word before a month's name tells a time: "in March", "last March", "early March"; an article that speaks of
    a Mrs March says so where it means the month.
    """
    before = token.nbor(-1) if token.i else None
    return before is not None and before.lower_ in words_of(language, "before month")


def is_march(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> bool:
    """Whether a month's name is that of a procession: "the annual March for Life", "the March on Washington"."""
    if "procession" not in tokens[phrase.last - 1].classes or phrase.first == 0 or phrase.last + 1 >= len(tokens):
        return False
    after, name = tokens[phrase.last], tokens[phrase.last + 1]
    start = name.start if "the" not in name.classes or phrase.last + 2 >= len(tokens) else tokens[phrase.last + 2].start
    return after.lower in words_of(timeline.language, "procession for") and timeline.story.text[start].isupper()


def is_of_games(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether a season belongs to a name: "the Winter Games", "the Spring Festival"."""
    token = timeline.story.token_at(phrase.end - 1)
    if not token.text.istitle() or token.is_sent_start or token.i + 1 >= len(token.doc) or len(phrase.slots) > 2:
        return False
    return token.nbor().pos_ == "PROPN" and token.nbor().text.istitle() and token.nbor().idx == phrase.end + 1
