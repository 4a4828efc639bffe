"""The words of a story as they look: capitals, blocks, sentence starts, and how the model tags and joins them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from copytaster.extract.story import Story
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge


class Case(IntEnum):
    """How a sentence uses capitals: as prose does, for nearly every word as headlines do, or throughout."""

    PROSE = 0
    TITLE = 1
    CAPITALS = 2


OPENERS = frozenset((*"\"“”‘'(«[:;•*–—-|", "``", "''", "--"))
DASHES = frozenset("-–—")
"""After these a capital may be due to the place and not to the word."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Columns of the story's tokens, each as long as the Doc."""

    words: list[str]
    small: list[str]
    starts: list[int]
    ends: list[int]
    is_capital: list[bool]
    """The word has a capital that its writer chose or the place demanded: "Rubio", "eBay", "al-Qaeda's" Qaeda."""
    tags: list[str]
    heads: list[int]
    deps: list[str]
    is_opening: list[bool]
    """The word opens a sentence, a block or a quotation, so its capital tells nothing."""
    case: list[Case]
    block: list[int]
    """Number of the story's block in which the token lies, -1 outside."""

    @classmethod
    def of(cls, story: Story) -> Surface:
        """The surface of a story."""
        columns = story.columns
        starts = columns.starts
        words = [trimmed_word(word) if len(word) > 5 else word for word in columns.words]
        for i in range(1, len(words)):
            if words[i] == "X." and words[i - 1].lower() in knowledge.link_words("platform"):
                words[i] = "X"  # "wrote on X."
        ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
        block = block_numbers(story, starts)
        opening = []
        previous = "\n"
        for i, is_first in enumerate(columns.opens_sentence):
            inside = previous in DASHES and i > 1 and ends[i - 1] == starts[i] and ends[i - 2] == starts[i - 1]
            # the parser's sentences may begin inside a name; a word right before tells that none begins
            opens = is_first and not inside and (i == 0 or not words[i - 1][-1].isalnum())
            opening.append(opens or (previous in OPENERS and not inside) or (i > 0 and block[i] != block[i - 1]))
            if not words[i].isspace() or block[i] < 0:
                previous = words[i]
        capital = [has_capital(word) for word in words]
        small = [word.lower() for word in words]
        return cls(
            words=words,
            small=small,
            starts=starts,
            ends=ends,
            is_capital=capital,
            tags=columns.pos,
            heads=columns.heads,
            deps=columns.deps,
            is_opening=opening,
            case=sentence_cases(words, small, capital, block, story),
            block=block,
        )

    def __len__(self) -> int:
        return len(self.words)

    def joined(self, left: int, right: int) -> bool:
        """Whether no white space stands between two neighbouring tokens."""
        return self.ends[left] == self.starts[right]

    def is_predicate(self, i: int) -> bool:
        """Whether the token is the verb of a noun right before it: "Meridia accused Kestland", but "arrested accused Rao"."""
        return self.tags[i] == "VERB" and i > 0 and self.tags[i - 1] in ("NOUN", "PROPN", "PRON")

    def text(self, first: int, last: int) -> str:
        """The words from first to last, both included, with one space where the text has any."""
        parts = [self.words[first]]
        for i in range(first + 1, last + 1):
            if not self.joined(i - 1, i):
                parts.append(" ")
            parts.append(self.words[i])
        return "".join(parts)


TAILS = ("-based", "-led", "-backed", "-born")


def trimmed_word(word: str) -> str:
    """The word without a full stop or an adjective's tail that the tokenizer left on: "Crimea.", "N.J.-based"."""
    if not word[0].isupper():
        return word
    for tail in TAILS:
        if word.endswith(tail):
            return word.removesuffix(tail)
    is_plain = word[-1] == "." and word[:-1].isalpha() and not word.isupper()
    if is_plain and knowledge.key(word) not in knowledge.titles() and geography.region_of_abbreviation(word) is None:
        return word[:-1]
    return word


def has_capital(word: str) -> bool:
    """Whether the word has a capital at its start, or one later as "iPhone" and "501st" do not."""
    return word[:1].isupper() or (len(word) > 2 and word[0].isalpha() and any(c.isupper() for c in word[1:3]))


def block_numbers(story: Story, starts: list[int]) -> list[int]:
    """For each token the number of its block, -1 between blocks."""
    numbers = []
    at = 0
    blocks = story.blocks
    for start in starts:
        while at < len(blocks) and blocks[at].end <= start:
            at += 1
        numbers.append(at if at < len(blocks) and blocks[at].start <= start else -1)
    return numbers


def sentence_cases(
    words: list[str], small: list[str], capital: list[bool], block: list[int], story: Story
) -> list[Case]:
    """The case of each token's sentence."""
    cases = [Case.PROSE] * len(words)
    for sentence in story.doc.sents:
        first, last = sentence.start, sentence.end
        case = line_case(words[first:last], small[first:last], capital[first:last])
        if case is Case.PROSE and block[first] >= 0 and story.blocks[block[first]].kind in ("headline", "subheading"):
            case = headline_case(words[first:last], capital[first:last])
        if case is not Case.PROSE:
            cases[first:last] = [case] * (last - first)
    # a headline of two sentences is one in its use of capitals
    for i in range(1, len(words)):
        in_headline = block[i] >= 0 and story.blocks[block[i]].kind in ("headline", "subheading")
        if in_headline and block[i] == block[i - 1] and cases[i - 1] is Case.TITLE and cases[i] is Case.PROSE:
            cases[i] = Case.TITLE
    return cases


def line_case(words: list[str], small: list[str], capital: list[bool]) -> Case:
    """How one sentence uses capitals. Common words decide, so that "Bank of England Governor Mark Carney" is prose."""
    letters = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 1]
    if not letters:
        return Case.PROSE
    upper = sum(words[i].isupper() for i in letters)
    lower = sum(not capital[i] for i in letters)
    if upper >= 2 and upper >= 0.7 * len(letters) and lower <= 0.15 * len(letters):
        return Case.CAPITALS
    common = knowledge.common_words()
    long = [i for i in letters[1:] if len(words[i]) > 3 and common.get(small[i], 0.0) >= 1.0]
    telling = [
        i for i in long if (small[i], "last") not in knowledge.name_words() and small[i] not in knowledge.titles()
    ]
    # "Ann Moran of the British Museum praised the Louvre.": a headline's long words all have capitals, and no full stop
    if words[-1] == "." and any(not capital[i] and len(words[i]) > 4 and not is_link(small[i]) for i in letters):
        return Case.PROSE
    risen = sum(capital[i] for i in telling)
    if risen >= 2 and risen >= 0.75 * len(telling) and sum(capital[i] for i in long) >= 0.75 * len(long):
        return Case.TITLE
    return Case.PROSE


def is_link(word: str) -> bool:
    """Whether a word stays small in a headline in Title Case for being a preposition or a conjunction."""
    return word in LONG_LINKS or word in knowledge.link_words("function")


LONG_LINKS = frozenset(
    {"about", "above", "across", "after", "against", "along", "among", "around", "before", "behind"}
) | {
    *("below", "between", "beyond", "during", "inside", "through", "toward", "towards", "under", "until", "versus"),
    *("within", "without"),
}


def headline_case(words: list[str], capital: list[bool]) -> Case:
    """How a headline uses capitals: where nearly all its longer words have one, each of them tells nothing."""
    long = [i for i, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    is_title = len(long) >= 4 and sum(capital[i] for i in long) >= 0.85 * len(long)
    return Case.TITLE if is_title else Case.PROSE


VILLAGE = 15_000
"""Places with fewer people are not looked for by name alone: nearly every surname is also a village."""


def is_known_place(text: str, population: int = VILLAGE) -> bool:
    """Whether a gazetteer has the place, be it written in capitals. Cities with fewer people do not count."""
    return geography.is_place(text, population)
