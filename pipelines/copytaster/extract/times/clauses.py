"""What the sentence around a phrase says of its time: the tense of its clause, what it belongs to, what limits it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from spacy.tokens import Token

from copytaster.extract.story import Story
from copytaster.knowledge import table

Direction = Literal["past", "future", "present", "scheduled"]
"""Where a clause looks; `scheduled` is the present tense of a timetable ("the truce ends Sunday")."""
CLIMB = 8
"""How many heads up the clause's verb is looked for."""


@cache
def words_of(language: str, kind: str) -> frozenset[str]:
    """The words of one kind in `knowledge/<language>/time_tense.tsv`."""
    return frozenset(
        word for row in table(f"{language}/time_tense.tsv") if row["kind"] == kind for word in row["words"].split(", ")
    )


@dataclass
class Clauses:
    """The clauses of one story, asked by the offsets of a phrase in them."""

    story: Story
    language: str

    def head(self, start: int, end: int) -> Token:
        """The token of a phrase whose head lies outside of the phrase."""
        first, last = self.story.token_at(start), self.story.token_at(max(start, end - 1))
        return head_of(self.story.doc[first.i : last.i + 1])

    def noun_of(self, start: int, end: int) -> Token:
        """What a phrase belongs to, over the preposition before it: the elections of "elections on May 3"."""
        token = self.head(start, end)
        return token.head.head if token.dep_ in words_of(self.language, "object of preposition") else token.head

    def is_quoted(self, offset: int) -> bool:
        """Whether an offset lies between double quotation marks of its paragraph."""
        before = self.story.text[self.story.block_at(offset).start : offset]
        if "“" in before or "”" in before:
            return before.rfind("“") > before.rfind("”")
        return before.count('"') % 2 == 1

    def is_planned(self, start: int, end: int) -> bool:
        """Whether the noun that a phrase belongs to is something planned: "called for elections on May 3"."""
        return self.noun_of(start, end).lower_ in words_of(self.language, "planned noun")

    def words_before(self, offset: int) -> frozenset[str]:
        """The two words before an offset, in lower case."""
        at = self.story.token_at(offset).i
        return frozenset(token.lower_ for token in self.story.doc[max(0, at - 2) : at])

    def is_said(self, first: Token) -> bool:
        """Whether a verb of saying in the past stands right before a phrase, whatever else the parser has it belong to: "said
        on Tuesday there would be".
        """
        before = first.nbor(-1) if first.i else None
        if before is not None and before.i and before.lower_ in words_of(self.language, "day preposition"):
            before = before.nbor(-1)
        return (
            before is not None
            and before.tag_ in words_of(self.language, "past tag")
            and before.lemma_.lower() in words_of(self.language, "saying verb")
        )

    def is_denied(self, offset: int) -> bool:
        """Whether the clause of a preposition is negated: "will not open until", "Not until"."""
        token = self.story.token_at(offset)
        negation = words_of(self.language, "negation relation")
        if token.i and token.nbor(-1).dep_ in negation:
            return True
        verb = verb_above(token)
        return verb is not None and any(child.dep_ in negation for child in verb.children)

    def is_deadline(self, start: int, end: int) -> bool:
        """Whether a phrase is told as a deadline: "a Friday deadline", "the deadline is November 28"."""
        token = self.head(start, end)
        nouns = words_of(self.language, "deadline noun")
        if token.head.lemma_.lower() in nouns and token.dep_ in words_of(self.language, "noun of noun"):
            return True
        is_complement = token.dep_ in words_of(self.language, "complement relation") and token.head.pos_ == "AUX"
        subjects = words_of(self.language, "subject relation")
        return is_complement and any(
            child.dep_ in subjects and child.lemma_.lower() in nouns for child in token.head.children
        )

    def is_on_day(self, first: Token) -> bool:
        """Whether a phrase is told by "on" or "at"."""
        return first.i > 0 and first.nbor(-1).lower_ in words_of(self.language, "moment preposition")

    def is_timetable(self, verb: Token) -> bool:
        """Whether a verb is a present passive: "is published", "are held"."""
        passive = words_of(self.language, "passive relation")
        present = words_of(self.language, "present tag")
        if verb.lemma_.lower() not in words_of(self.language, "timetable verb"):
            return False  # "is suspected in the robbery on Friday"
        return verb.tag_ in words_of(self.language, "participle tag") and any(
            child.dep_ in passive and child.tag_ in present for child in verb.children
        )

    def is_of_start(self, start: int) -> bool:
        """Whether the verb of a phrase tells of what begins, ends or comes at a time: "will resume in 30 minutes"."""
        verb = verb_above(self.story.token_at(start))
        return verb is not None and (
            verb.pos_ == "AUX" or verb.lemma_.lower() in words_of(self.language, "future verb")
        )

    def is_settled(self, start: int, end: int) -> bool:
        """Whether what a phrase's day was planned for has been decided since: "a concert planned for Saturday was cancelled"."""
        token = self.head(start, end)
        for _ in range(CLIMB):
            if token.tag_ in words_of(self.language, "participle tag") and token.head.pos_ in ("NOUN", "PROPN"):
                subject = token.head
                return subject.dep_ in words_of(self.language, "subject relation") and self.is_told(subject.head)
            if token.head == token:
                return False
            token = token.head
        return False

    def is_particle(self, offset: int) -> bool:
        """Whether the word at an offset belongs to a verb: "phased in over 24 hours"."""
        return self.story.token_at(offset).dep_ in words_of(self.language, "particle relation")

    def is_in_noun_phrase(self, start: int, end: int) -> bool:
        """Whether a phrase belongs to a noun ("the convention in July", "its July summit"), whose time need not be that of
        the clause.
        """
        token = self.head(start, end)
        if token.dep_ in words_of(self.language, "object of preposition") and token.head.head.pos_ in ("NOUN", "PROPN"):
            return True
        return token.dep_ in words_of(self.language, "noun modifier") and token.head.pos_ in ("NOUN", "PROPN")

    def is_modifier(self, start: int, end: int) -> bool:
        """Whether a phrase stands before a noun as its modifier: "its July summit"."""
        token = self.head(start, end)
        return token.dep_ in words_of(self.language, "noun modifier")

    def is_before(self, start: int, end: int) -> bool:
        """Whether the clause around a phrase is in the past perfect, before what is narrated."""
        verb = verb_above(self.head(start, end))
        return verb is not None and self.is_pluperfect(verb)

    def is_aim(self, start: int, end: int) -> bool:
        """Whether the noun that a phrase belongs to tells what something is for: "a commander for a mission in December"."""
        noun = self.noun_of(start, end)
        return noun.head.pos_ == "ADP" and noun.head.lower_ in words_of(self.language, "aim preposition")

    def is_governed(self, start: int) -> bool:
        """Whether a phrase tells when the verb of its clause happened: "died on December 24", "On December 24, she died"."""
        token = self.story.token_at(start)
        if token.i == 0 or token.nbor(-1).lower_ not in words_of(self.language, "day preposition"):
            return False
        before = token.nbor(-1)
        is_past = before.head.tag_ in words_of(self.language, "past tag")
        return is_past and (before.head.i > before.i or before.i - before.head.i == 1)

    def direction(self, start: int, end: int) -> Direction | None:
        """Whether the clause around a phrase tells of the past or the future; None when it has no verb.

        Nearest words first ("due", "payable" before the phrase), then the verb that governs it: "will meet", "is to
        meet", "is scheduled" look ahead; "met", "has met", "issued Thursday" look back.
        """
        doc = self.story.doc
        first, last = self.story.token_at(start), self.story.token_at(max(start, end - 1))
        ahead = words_of(self.language, "future word")
        governed: Direction | None = None
        token = head_of(doc[first.i : last.i + 1])
        is_complement = token.dep_ in words_of(self.language, "complement relation") and token.head.pos_ == "AUX"
        if is_complement and self.tense(token.head) == "present":
            return "future"  # "the election is November 3"
        possessive, noun = words_of(self.language, "possessive tag"), words_of(self.language, "singular tag")
        after = [following.tag_ for following in doc[last.i + 1 : last.i + 3]]
        is_owner = bool(after) and (after[0] in possessive or (after[0] in noun and after[-1] in possessive))
        if is_owner or token.dep_ in words_of(self.language, "possessor relation"):
            # "get around Wednesday's ruling": what is known by its day has happened, but "will be fit for Sunday's match"
            return "future" if self.is_for_what_comes(first, token) else "past"
        if self.is_said(first):
            return "past"
        is_for = first.i > 0 and first.nbor(-1).lower_ in words_of(self.language, "aim preposition")
        following = [word.lower_ for word in doc[last.i + 1 : last.i + 3]]
        if is_for and any(word in words_of(self.language, "planned noun") for word in following):
            return "future"  # "clears rocket for Wednesday launch attempt"
        is_deadline = any(
            word.lower_ in words_of(self.language, "deadline noun") for word in doc[last.i + 1 : last.i + 3]
        )
        if is_deadline and self.story.block_at(start).kind == "headline":
            return "future"  # "Saturday shutdown deadline nears"
        for climbed in range(CLIMB):
            if token.pos_ == "ADJ" and token.lower_ in words_of(self.language, "due word"):
                is_apart = token.i > 0 and token.nbor(-1).text == ","  # "named a chairman, effective Feb. 1"
                is_predicate = not is_apart and token.dep_ in words_of(self.language, "predicate relation")
                leader = self.tense(token.head) if is_predicate else None
                return "past" if leader == "past" else "future"  # "is due in Cairo on Sunday"
            if token.pos_ in ("VERB", "AUX"):
                governed = self.tense(token)
                if governed is None and climbed <= 2 and self.is_timetable(token):
                    governed = "scheduled"  # "the report is published on Friday"
                lemma = token.lemma_.lower()
                is_state = lemma in words_of(self.language, "state verb") and not (
                    # "the company reports on Thursday", not "the paper reports that …"
                    lemma in words_of(self.language, "figures verb") and not self.has_clause(token)
                )
                is_set = token.pos_ == "AUX" and 0 < climbed <= 2 and self.is_on_day(first)  # "the vote is on Tuesday"
                if governed == "present" and (is_set or not is_state):
                    # "the truce ends Sunday" is a timetable; a headline's present tells of the past
                    governed = "past" if self.story.block_at(start).kind == "headline" else "scheduled"
                if governed:
                    break
            if token.head.i == token.i:
                break
            token = token.head
        if governed == "past" and token.lemma_.lower() in words_of(self.language, "desire verb"):
            limits = words_of(self.language, "deadline preposition")
            if first.i and first.nbor(-1).lower_ in limits:
                return "future"  # "wanted a government before Christmas"
        if governed in ("past", "scheduled") and token.lemma_.lower() in words_of(self.language, "deadline verb"):
            limits = words_of(self.language, "limit word")
            named = head_of(doc[first.i : last.i + 1]).head.lemma_.lower()  # "set a Friday deadline"
            is_limited = named in words_of(self.language, "deadline noun")
            if is_limited or any(doc[at].lower_ in limits for at in range(max(0, first.i - 3), first.i)):
                return "future"  # "postponed until Tuesday", "extended the offer to Nov. 20": the new day lies ahead
        begun = first.i - 1 - (first.i > 1 and doc[first.i - 1].lower_ in words_of(self.language, "moment preposition"))
        is_due = first.i > 0 and doc[begun].lower_ in words_of(self.language, "due word")
        had_been = governed == "past" and {c.lower_ for c in token.children} & words_of(self.language, "past helper")
        if is_due and not had_been:
            return "future"
        if governed != "past":
            begin = self.story.sentences[self.story.sentence_at(start)][0] if self.story.sentences else 0
            for before in range(max(0, first.i - 3), first.i):
                if doc[before].lower_ in ahead and doc[before].idx >= begin:
                    return "future"
        return governed

    def is_pluperfect(self, verb: Token) -> bool:
        """Whether a verb is in the past perfect."""
        helpers = words_of(self.language, "pluperfect helper")
        return any(
            child.lower_ in helpers
            for child in verb.children
            if child.dep_ in words_of(self.language, "helper relation")
        )

    def bare_tense(self, verb: Token) -> Direction | None:
        """Of what the model takes for an infinitive without "to": "The Bluffs open a series on Friday", "won on Saturday and
        play Leeds on Tuesday" are the present, "Ask me again in the autumn" looks ahead.
        """
        if any(child.dep_ in words_of(self.language, "subject relation") for child in verb.children):
            return "present"
        if verb.head is verb:
            return "future"
        is_joined = verb.dep_ in words_of(self.language, "conjunct relation")
        return "present" if is_joined and verb.head.tag_ in words_of(self.language, "past tag") else None

    def is_chance(self, verb: Token) -> bool:
        """Whether what "could" be is a chance ahead: "snow could fall on Thursday"; not "could not be reached", "could see"."""
        kinds = words_of(self.language, "negation relation") | words_of(self.language, "passive relation")
        return verb.lemma_.lower() not in words_of(self.language, "ability verb") and not any(
            child.dep_ in kinds for child in verb.children
        )

    def has_clause(self, verb: Token) -> bool:
        """Whether a verb has a clause as its object."""
        return any(child.dep_ in words_of(self.language, "clause relation") for child in verb.children)

    def is_told(self, verb: Token) -> bool:
        """Whether a verb itself is in a past tense, as narrated: "became", "was released"."""
        return verb.pos_ in ("VERB", "AUX") and self.tense(verb) == "past"

    def is_infinitive(self, verb: Token) -> bool:
        """Whether a verb is the infinitive with its particle: "to travel"."""
        particles = words_of(self.language, "infinitive tag")
        return verb.pos_ in ("VERB", "AUX") and any(child.tag_ in particles for child in verb.children)

    def is_for_what_comes(self, first: Token, token: Token) -> bool:
        """Whether a clause that looks ahead has a phrase's day as its aim: "could return for Sunday's match"."""
        if not first.i or first.nbor(-1).lower_ not in words_of(self.language, "ahead preposition"):
            return False
        if first.i > 1 and first.nbor(-2).lower_ in words_of(self.language, "eve of"):
            return True  # "ahead of Sunday's vote"
        verb = verb_above(token)
        if verb is None:
            return False
        tense = self.tense(verb)
        if tense == "present" and verb.pos_ == "VERB" and first.nbor(-1).lower_ in words_of(self.language, "eve word"):
            return True  # "falls silent before Sunday's vote"
        helpers = {child.lower_ for child in verb.children}
        return tense == "future" or bool(helpers & words_of(self.language, "hope helper"))

    def tense(self, verb: Token) -> Direction | None:
        """Past, future or present of one verb with its auxiliaries; None when only its head can say."""
        relations = words_of(self.language, "helper relation")
        helpers = {child.lower_: child for child in verb.children if child.dep_ in relations}
        names = frozenset(helpers)
        lemma = verb.lemma_.lower()
        if lemma in words_of(self.language, "planning verb") and not self.is_pluperfect(verb):
            return "future"  # "has scheduled a vote for Friday", not "had been scheduled to end on Friday"
        passive = words_of(self.language, "passive relation")
        is_forecast = lemma in words_of(self.language, "future participle") and any(
            child.dep_ in passive for child in verb.children
        )
        if is_forecast and any(child.lower_ in words_of(self.language, "forecast of") for child in verb.children):
            return "future"  # "was forecast to crest on Tuesday"
        if names & words_of(self.language, "past helper"):
            return "past"
        if names & words_of(self.language, "future helper"):
            return "future"
        if lemma in words_of(self.language, "future verb") and (
            names & words_of(self.language, "present helper") or verb.tag_ in words_of(self.language, "present tag")
        ):
            return "future"
        if names & words_of(self.language, "chance helper") and (
            lemma in words_of(self.language, "future verb") or self.is_chance(verb)
        ):
            return "future"  # "work could start in the autumn"
        if lemma in words_of(self.language, "future participle") and names & words_of(self.language, "present helper"):
            return "future"  # "rain is forecast for Friday"
        if any(child.tag_ in words_of(self.language, "infinitive tag") for child in helpers.values()):
            # "agreed to meet Friday" looks ahead of the agreement, "went home to rest Friday" does not
            is_state = verb.head.pos_ == "ADJ"
            plan = verb.head.head if is_state else verb.head
            if self.is_pluperfect(plan):
                return "past"  # "had been due to expire on Friday"
            leader = verb.head.lemma_.lower()
            plans = (words_of(self.language, kind) for kind in ("future verb", "planning verb", "future participle"))
            is_plan = any(leader in words for words in plans) and leader not in words_of(self.language, "aspect verb")
            # "were poised to strike", "was to address the house"
            is_plan = is_plan or verb.head.lower_ in words_of(self.language, "plan adjective")
            is_plan = is_plan or (verb.head.pos_ == "AUX" and verb.head.i < verb.i)
            looked_back = words_of(self.language, "past tag") | words_of(self.language, "participle tag")
            if is_state and leader not in words_of(self.language, "plan adjective") and plan.tag_ in looked_back:
                return None  # "made it difficult to meet demand", not "was likely to meet on Friday"
            return "future" if is_plan or verb.head.tag_ not in looked_back else None
        if verb.lower_ in words_of(self.language, "future helper") and verb.pos_ == "AUX":
            return "future"  # "Thursday they won't"
        if verb.tag_ in words_of(self.language, "base tag") and not names:
            return self.bare_tense(verb)
        is_going_on = verb.tag_ in words_of(self.language, "gerund tag")
        if is_going_on and names & words_of(self.language, "present helper"):
            return "present"  # "is running for a second term in November"
        if verb.tag_ in words_of(self.language, "past tag"):
            return "past"
        if verb.tag_ in words_of(self.language, "participle tag"):
            if not names and lemma in words_of(self.language, "future participle") and verb.head is not verb:
                return "future"  # "with the division expected shortly before 7pm"
            if not names and verb.head.lemma_.lower() in words_of(self.language, "desire verb"):
                return "future"  # "wants the plan agreed by June"
            return None if names & words_of(self.language, "present helper") else "past"
        if verb.tag_ in words_of(self.language, "present tag"):
            if verb.pos_ == "AUX" and any(self.is_infinitive(child) for child in verb.children):
                return "future"  # "they are to travel on Wednesday"
            if any(child.lower_ in words_of(self.language, "due word") for child in verb.children):
                return "future"  # "is due in Cairo on Sunday"
            return "present"
        return None


def verb_above(token: Token) -> Token | None:
    """The verb of a token's clause: the token itself, or the first verb among its heads."""
    for _ in range(CLIMB):
        if token.pos_ in ("VERB", "AUX"):
            return token
        if token.head == token:
            return None
        token = token.head
    return None


def head_of(tokens: Iterable[Token]) -> Token:
    """The token whose head lies outside of the phrase."""
    inside = list(tokens)
    numbers = {token.i for token in inside}
    for token in inside:
        if token.head.i not in numbers or token.head.i == token.i:
            return token
    return inside[0]
