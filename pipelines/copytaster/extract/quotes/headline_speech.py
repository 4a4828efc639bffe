"""What headlines say without the words that a sentence would need, so that no parse shows it.

A headline leaves out the verb of what is reported ("Minister says port strike 'a disgrace'", "Coach says team ready"), and
names a speaker behind a colon ("'We will win': Moran"). Only what nothing else has read is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from copytaster.extract.quotes.attribution import Attribution, Party
from copytaster.extract.quotes.cues import Cue, bases, cue_words, person_nouns
from copytaster.extract.quotes.quotation_marks import Passage
from copytaster.extract.story import Cast, Story
from copytaster.records import TextBlock

SOURCE_LENGTH = 6
"""Words that a source has at most: "two aides to the prime minister"."""

CONFIDENCE = 0.5
NAMING = frozenset(["of", "to", "for"])
"""Prepositions within what names a source: "head of the union"."""
QUOTES = frozenset(['"', "“", "”", "'", "‘", "’", "``", "''"])
SPEAKING = frozenset(["pm", "police", "court", "union", "report", "study", "poll", "survey", "government"])
"""Who or what speaks before the colon of a headline, besides persons."""
OWN_WORDS = frozenset(["i", "we", "my", "our", "us", "me", "must", "should", "will", "can"])
"""Words by which a clause behind a name shows that it is that person's."""
RESOLVED = frozenset(["will", "would", "wo", "never", "ready", "willing", "determined", "confident", "proud", "sorry"])
"""Words that open what only the subject itself can say: Moran 'will never resign'; but not: suspect 'had a knife'."""


def speech_before_names(
    story: Story, passages: Sequence[Passage], found: Sequence[Attribution]
) -> Iterator[Attribution]:
    """The quotations of headlines that a colon or dash and a name follow, where they are not attributed yet."""
    for number, block in headlines_without(story, found):
        inside = [p for p in passages if p.block == number and p.depth == 0]
        attribution = quote_then_name(words_of(story, block), inside)
        if attribution is not None:
            yield attribution


def quotes_before_colons(
    story: Story, passages: Sequence[Passage], found: Sequence[Attribution]
) -> Iterator[Attribution]:
    """The quotations that open a headline before a colon, whose speaker the body names: 'I heard a bang': Mum's terror."""
    for number, block in headlines_without(story, found):
        for passage in passages:
            if passage.block != number or passage.depth or passage.outer_start - block.start > 1:
                continue
            behind = story.text[passage.outer_end : block.end].lstrip()
            words = [t for t in words_of(story, block) if passage.start <= t.idx < passage.end and not t.is_punct]
            if behind[:1] in (":", "–", "—", "-") and len(words) >= 2:
                yield Attribution(
                    "direct", [(passage.start, passage.end)], "headline", act="assert", confidence=CONFIDENCE
                )


def predicates_in_marks(
    story: Story, cast: Cast, passages: Sequence[Passage], found: Sequence[Attribution]
) -> Iterator[Attribution]:
    """The quoted predicates of headlines that say what their subject means to do: Moran 'will never resign' over leak."""
    for number, block in headlines_without(story, found):
        tokens = words_of(story, block)
        for passage in passages:
            if passage.block != number or passage.depth:
                continue
            before = [t for t in tokens if t.idx + len(t) <= passage.outer_start]
            inside = [t for t in tokens if passage.start <= t.idx < passage.end]
            if len(inside) < 2 or inside[0].lower_ not in RESOLVED or not is_source(before):
                continue
            last = before[-1]
            mention = cast.mention_of(last)
            is_party = mention is not None and cast.entities[mention.entity].type in ("PERSON", "ORG", "GPE")
            if is_party or last.lower_ in person_nouns() or last.lower_ in SPEAKING:
                yield Attribution(
                    "indirect", [(passage.start, passage.end)], "headline", act="assert",
                    party=Party(last, before[0], last), confidence=CONFIDENCE,
                )  # fmt: skip
                break


def verbless_reports(story: Story, cast: Cast, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """The reports of headlines whose content has no verb, where nothing else is attributed there."""
    for _, block in headlines_without(story, found):
        tokens = words_of(story, block)
        attribution = verb_and_rest(tokens) or rest_and_verb(tokens) or name_then_clause(tokens, cast)
        if attribution is not None:
            yield attribution


def headlines_without(story: Story, found: Sequence[Attribution]) -> Iterator[tuple[int, TextBlock]]:
    """The headlines, with their numbers, in which no attribution begins."""
    for number, block in enumerate(story.blocks):
        if block.kind == "headline" and not any(block.start <= a.start < block.end for a in found):
            yield number, block


def words_of(story: Story, block: TextBlock) -> list[Token]:
    """The tokens of a block without white space."""
    tokens, token = [], story.token_at(block.start)
    while token.idx < block.end:
        if not token.is_space:
            tokens.append(token)
        if token.i + 1 == len(story.doc):
            break
        token = story.doc[token.i + 1]
    return tokens


def quote_then_name(tokens: Sequence[Token], passages: Sequence[Passage]) -> Attribution | None:
    """'We will win this vote': Moran."""
    for passage in passages:
        behind = [token for token in tokens if token.idx >= passage.outer_end]
        if len(behind) < 2 or any(token.tag_ in ("POS", "IN") and token.lower_ not in NAMING for token in behind[1:]):
            continue  # 'I heard a bang': Mum's terror after roof falls in
        if behind[0].text in (":", "–", "—", "-") and is_source(behind[1:]):
            colon = behind[0]
            party = Party(behind[-1], behind[1], behind[-1])
            return Attribution(
                "direct", [(passage.start, passage.end)], "after", colon, colon, colon, act="assert", party=party,
                confidence=CONFIDENCE,
            )  # fmt: skip
    return None


def verb_and_rest(tokens: Sequence[Token]) -> Attribution | None:
    """Moran says port strike 'a disgrace': the verb's clause is all that follows."""
    for at, token in enumerate(tokens[1 : SOURCE_LENGTH + 1], start=1):
        cue = saying(token)
        if cue is None:
            continue
        rest = list(tokens[at + 1 :])
        while rest and rest[-1].is_punct and rest[-1].text not in ("'", "’", '"', "”"):
            rest.pop()
        if len(rest) < 2 or rest[0].is_punct or rest[0].pos_ == "ADP" or not is_source(tokens[:at]):
            return None
        first, last = rest[0], rest[-1]
        return Attribution(
            "indirect", [(first.idx, last.idx + len(last))], "that", token, token, token, cue, cue.frames["that"],
            cue.polarity, Party(tokens[at - 1], tokens[0], tokens[at - 1]), CONFIDENCE,
        )  # fmt: skip
    return None


def rest_and_verb(tokens: Sequence[Token]) -> Attribution | None:
    """Port strike to go ahead, says union boss."""
    for at in range(len(tokens) - 2, 2, -1):
        cue = saying(tokens[at])
        if cue is None or tokens[at - 1].text != "," or not is_source(tokens[at + 1 :]):
            continue
        first, last, token = tokens[0], tokens[at - 2], tokens[at]
        if any(t.text == ":" for t in tokens[:at]):
            return None
        return Attribution(
            "indirect", [(first.idx, last.idx + len(last))], "after", token, token, token, cue, cue.frames["that"],
            cue.polarity, Party(tokens[-1], tokens[at + 1], tokens[-1]), CONFIDENCE,
        )  # fmt: skip
    return None


def name_then_clause(tokens: Sequence[Token], cast: Cast) -> Attribution | None:
    """PM: We will not back down; Moran: I am not finished.

    A name or a thing may as well be what the headline is about ("Rovers: Holt signs"), so behind a name a clause must
    speak of itself, or of what must be.
    """
    at = next((n for n, token in enumerate(tokens[: SOURCE_LENGTH + 1]) if token.text == ":"), 0)
    rest = tokens[at + 1 :]
    if not at or len(rest) < 3 or not is_source(tokens[:at]) or any(t.text in QUOTES for t in rest):
        return None
    if not any(t.tag_ in ("VBZ", "VBP", "VBD", "MD") for t in rest):
        return None
    name, mention = tokens[at - 1], cast.mention_of(tokens[at - 1])
    is_person = mention is not None and cast.entities[mention.entity].type == "PERSON"
    is_role = name.lower_ in person_nouns() or name.lower_ in SPEAKING
    if not is_role and not (is_person and any(t.lower_ in OWN_WORDS for t in rest)):
        return None
    party = Party(name, tokens[0], name)
    return Attribution(
        "indirect", [(rest[0].idx, rest[-1].idx + len(rest[-1]))], "that", tokens[at], tokens[at], tokens[at],
        act="assert", party=party, confidence=CONFIDENCE,
    )  # fmt: skip


def saying(token: Token) -> Cue | None:
    """The cue that a word in the headline's present tense is ("says", "admits"), whatever the tagger took it for."""
    if not token.lower_.endswith("s"):
        return None
    words = cue_words("verb")
    found = next((words[base] for base in bases(token.lower_) if base in words), None)
    return found if found is not None and found.stance == "speech" and "that" in found.frames else None


def is_source(tokens: Sequence[Token]) -> bool:
    """Whether words can name who speaks: a few, a noun among them, no verb and no mark between."""
    return (
        0 < len(tokens) <= SOURCE_LENGTH
        and tokens[-1].pos_ in ("PROPN", "NOUN", "ADJ", "VERB")
        and any(token.pos_ in ("PROPN", "NOUN") for token in tokens)
        and not any(token.is_punct and token.text not in ("-", "’", "'") for token in tokens)
        and not any(token.pos_ in ("VERB", "AUX") and token.tag_ not in ("VBN", "VBG") for token in tokens[:-1])
    )
