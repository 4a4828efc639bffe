"""Names as the world's English writes them: hyphens, articles, initials, titles, bodies; and capitals that are no names."""

from __future__ import annotations

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article

pytestmark = pytest.mark.model


def names(nlp: Language, text: str) -> list[tuple[str, str]]:
    """The names in the text as they stand there, with their types."""
    found = copytaster.extract(Article(text=text, language="en"), nlp)
    return [
        (text[mention.span.start : mention.span.end], found.entities[mention.entity].type)
        for mention in found.mentions
        if mention.kind == "name" and found.entities[mention.entity].type != "NORP"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an article and a hyphen
        ("Hosni El-Badri left. President Mohamud said that he and El-Badri agreed.",
         [("Hosni El-Badri", "PERSON"), ("Mohamud", "PERSON"), ("El-Badri", "PERSON")]),
        ("In statements by phone, Al-Fadhel expressed pleasure.", [("Al-Fadhel", "PERSON")]),
        # surnames of two words, also when they come alone
        ("Minister Leela Koonjoo-Shah left. In her address, Minister Koonjoo-Shah said so.",
         [("Leela Koonjoo-Shah", "PERSON"), ("Koonjoo-Shah", "PERSON")]),
        # given names of two words
        ("They met Choi Jong-un and Moon Jae-in.", [("Choi Jong-un", "PERSON"), ("Moon Jae-in", "PERSON")]),
        ("County Commissioner Pan Men-an closed it.", [("Pan Men-an", "PERSON")]),
        ("It was Paul Lam Ting-kwok who spoke.", [("Paul Lam Ting-kwok", "PERSON")]),
        # initials without full stops
        ("She wrote to R B Sreekumar and C F Andrews.", [("R B Sreekumar", "PERSON"), ("C F Andrews", "PERSON")]),
        # a word for a person before the full name
        ("It was said by DOC Senior Ranger Dave Rogers.", [("Dave Rogers", "PERSON")]),
        ("It was said by Delta Chief Engineer Maria Silva.", [("Delta", "PERSON"), ("Maria Silva", "PERSON")]),
        ("It was Labour MP Jo Field who stayed.", [("Labour", "ORG"), ("Jo Field", "PERSON")]),
        ("It pleased Shri Narendra Patil and Alhaji Musa Bello.",
         [("Narendra Patil", "PERSON"), ("Musa Bello", "PERSON")]),
        # surnames that are laws elsewhere
        ("They elected Nathan Law.", [("Nathan Law", "PERSON")]),
        # bodies
        ("She appeared in the Johannesburg Magistrate's Court.", [("Johannesburg Magistrate's Court", "ORG")]),
        ("The Ministry of Gender, Labour and Social Development agreed.",
         [("Ministry of Gender, Labour and Social Development", "ORG")]),
        ("Officials said that it was for the Ministry of Finance, Shell and Nokia to decide.",
         [("Ministry of Finance", "ORG"), ("Shell", "ORG"), ("Nokia", "ORG")]),
        ("They wrote to the Regional Centre for Mapping of Resources.",
         [("Regional Centre for Mapping of Resources", "ORG")]),
        ("It was bought by China Moly and Jordan Pickford.", [("China Moly", "ORG"), ("Jordan Pickford", "PERSON")]),
        ("She read it in the Al-Rai daily.", [("Al-Rai", "ORG")]),
        # parts of places, and words that follow a place
        ("They left Northern Uganda for South Tura and North Mawaleh.",
         [("Northern Uganda", "GPE"), ("South Tura", "GPE"), ("North Mawaleh", "GPE")]),
        ("She represents the Rongotai electorate and fell near the Nithi bridge.",
         [("Rongotai", "GPE"), ("Nithi", "FAC")]),
        ("He leads the Nigerian Union of Journalists.", [("Nigerian Union of Journalists", "ORG")]),
        ("The Kuwaiti Ministry of Culture agreed.", [("Ministry of Culture", "ORG")]),
        ("It was Bagerhat Chamber of Commerce President Sheikh Liakat.",
         [("Bagerhat Chamber of Commerce", "ORG"), ("Liakat", "PERSON")]),
        ("She taught at the University of Havana Julio Estrada.",
         [("University of Havana", "ORG"), ("Julio Estrada", "PERSON")]),
    ],
)  # fmt: skip
def test_names_are_whole(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    assert names(nlp, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In January 2021 the court ended it. In September 2021, Yousef left.", [("Yousef", "PERSON")]),
        ("The charity was given 500 US dollars and 30 million Hong Kong dollars.", []),
        ("Under Section 12 and Article 50 he was held in Room 4.", []),
        ("It was built in public-private partnerships (PPP). The PPP is old.", []),
        ("Police filed an FIR. The MLA and two MPs left with a SIM.", []),
        ("It was the State that was to blame, and the Government said so.", []),
        ("He asked for an Escrow, a Mandate and a Status.", []),
        ("She was paid Tk 3,000 and Rs 200.", []),
        ("She was paid well.\n\nJN: So much is true.\n\nTBP: Is it?", []),
        ("They wrote to the Cabinet.", [("Cabinet", "ORG")]),
        ("Pope Clement II and King Harald III met.", [("Clement II", "PERSON"), ("Harald III", "PERSON")]),
    ],
)
def test_a_capital_alone_makes_no_name(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    assert names(nlp, text) == expected


def cast(nlp: Language, text: str) -> list[tuple[str, str, str, str | None]]:
    """The names in the text with the entity of each: its name, type and country."""
    found = copytaster.extract(Article(text=text, language="en"), nlp)
    return [
        (text[m.span.start : m.span.end], e.name, e.type, e.country)
        for m in found.mentions
        for e in [found.entities[m.entity]]
        if m.kind == "name"
    ]


def test_states_that_are_no_more_keep_their_names(nlp: Language) -> None:
    text = "East Germany accused West Germany of it. The Soviets agreed, and the USSR sent a note to Germany."
    assert cast(nlp, text) == [
        ("East Germany", "East Germany", "GPE", "DE"),
        ("West Germany", "West Germany", "GPE", "DE"),
        ("Soviets", "Soviet Union", "GPE", "RU"),
        ("USSR", "Soviet Union", "GPE", "RU"),
        ("Germany", "Germany", "GPE", "DE"),
    ]


def test_two_towns_of_one_name(nlp: Language) -> None:
    """Each has the country that it is told to be in; alone, the name means the one named last."""
    text = "A choir from Athens, Georgia, sang in Athens, Greece. It rained in Athens."
    towns = [told for told in cast(nlp, text) if told[0] == "Athens"]
    assert [country for *_, country in towns] == ["US", "GR", "GR"]


def test_firms_that_end_in_s(nlp: Language) -> None:
    """The 's is the firm's own, but where somebody of the name has something."""
    text = "Brian Moody sold his shares in Sotheby\u2019s. Moody's cut the rating. Moody's wife agreed with Kohl's."
    assert [told[:2] for told in cast(nlp, text)] == [
        ("Brian Moody", "Brian Moody"),
        ("Sotheby\u2019s", "Sotheby's"),
        ("Moody's", "Moody's"),
        ("Moody", "Brian Moody"),
        ("Kohl's", "Kohl's"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "of"),
    [
        ("Prince Hamid bin Salim spoke. Later he told bin Salim so.", "bin Salim", "Hamid bin Salim"),
        ("Rosa de la Tour resigned. De la Tour was ill.", "De la Tour", "Rosa de la Tour"),
        ("Will Kerrow, the director, spoke. Kerrow left.", "Kerrow", "Will Kerrow"),
        ("Yorubas live on both banks. Many Yorubas fled.", "Yorubas", "Yorubas"),
        # who is told of as somebody's relative is not whom the story is about
        ("Police charged Eric Dole with killing his brother, Sam Dole. Dole pleaded guilty.", "Dole", "Eric Dole"),
        # a given name that is a town's or a club's
        ("Charlotte Webber sang in Charlotte. Police in Charlotte agreed.", "Charlotte", "Charlotte"),
        ("Chelsea Moritz beat Chelsea at home. She left Chelsea in May.", "Chelsea", "Chelsea"),
    ],
)
def test_who_is_meant(nlp: Language, text: str, name: str, of: str) -> None:
    assert {told[1] for told in cast(nlp, text) if told[0] == name} == {of}
