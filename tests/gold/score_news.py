"""How many of the marked events and quotes the real model finds, and how right they are: `PYTHONPATH=tests python -m gold.score_news`."""

from __future__ import annotations

import argparse
from collections import Counter

from spacy.language import Language

import copytaster
from copytaster.records import Event, Extraction, Participant, Quote
from gold.marks import MarkedArticle, MarkedEvent, MarkedQuote, load_all


def same_name(found: str, names: tuple[str, ...]) -> bool:
    """Equal but for case and a leading article."""
    return found.casefold().removeprefix("the ") in {name.casefold().removeprefix("the ") for name in names}


def same_parties(found: tuple[Participant, ...], marked: tuple[tuple[str, ...], ...]) -> bool:
    """As many parties as marked, each under one of its names."""
    return len(found) == len(marked) and all(any(same_name(party.name, names) for party in found) for names in marked)


def event_faults(event: Event, marked: MarkedEvent) -> list[str]:
    """The slots that are wrong, in the order of the report."""
    dates = (event.date_start, event.date_end)
    places = {place.name for place in event.locations}
    right = {
        "type": event.event_type == marked.event_type,
        "actor": same_parties(event.actors, marked.who),
        "recipient": same_parties(event.recipients, marked.whom),
        "place": any(same_name(place, marked.places) for place in places) if marked.places else not places,
        "date": tuple(str(day) for day in dates) == marked.when if marked.when else dates == (None, None),
        "is_realized": event.is_realized == marked.is_realized,
    }
    return [slot for slot, is_right in right.items() if not is_right]


def quote_span(quote: Quote | MarkedQuote) -> tuple[int, int]:
    """First and last code point."""
    return (quote.start, quote.end) if isinstance(quote, MarkedQuote) else (quote.span.start, quote.span.end)


class Score:
    """Counts over articles, and the errors as lines."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.ranked: list[tuple[float, bool]] = []
        self.errors: list[str] = []

    def add(self, gold: MarkedArticle, found: Extraction) -> None:
        """Scores one article."""
        self._events(gold, found)
        self._quotes(gold, found)

    def _error(self, gold: MarkedArticle, kind: str, start: int, end: int, told: object) -> None:
        text = gold.article.full_text
        around = f"{text[max(0, start - 50) : start]}[{text[start:end]}]{text[end : end + 40]}".replace("\n", " ")
        self.errors.append(f"{kind:28} {gold.name}: {around}  {told}")

    def _events(self, gold: MarkedArticle, found: Extraction) -> None:
        counts, matched = self.counts, set()
        for event in found.events:
            if event.event_type in (None, "OTHER"):
                continue
            counts["found"] += 1
            start, end = event.trigger.start, event.trigger.end
            marks = [n for n, mark in enumerate(gold.events) if mark.start < end and start < mark.end]
            if not marks:
                tempted = any(first < end and start < last for first, last in gold.tempting)
                counts["tempted"] += tempted
                self.ranked.append((event.confidence, False))
                kind = "no event (marked as such)" if tempted else "no event"
                self._error(gold, kind, start, end, event.event_type)
                continue
            matched.add(marks[0])
            mark = gold.events[marks[0]]
            counts["matched"] += 1
            faults = event_faults(event, mark)
            self.ranked.append((event.confidence, "type" not in faults))
            counts["event right"] += not faults
            counts.update(faults)
            counts["place marked"] += bool(mark.places)
            counts["place given"] += bool(mark.places and event.locations)
            counts["date marked"] += mark.when is not None
            counts["date given"] += mark.when is not None and event.date_start is not None
            told = {
                "type": (event.event_type, mark.event_type),
                "actor": ([x.name for x in event.actors], mark.who),
                "recipient": ([x.name for x in event.recipients], mark.whom),
                "place": ([x.name for x in event.locations], mark.places),
                "date": (str(event.date_start), str(event.date_end), event.date_basis, mark.when),
                "is_realized": (event.modality, event.polarity),
            }
            for fault in faults:
                self._error(gold, fault, start, end, told[fault])
        counts["marked"] += len(gold.events)
        counts["recalled"] += len(matched)
        for n, mark in enumerate(gold.events):
            if n not in matched:
                self._error(gold, "missed event", mark.start, mark.end, mark.event_type)

    def _quotes(self, gold: MarkedArticle, found: Extraction) -> None:
        counts, marks = self.counts, {quote_span(mark): mark for mark in gold.quotes}
        counts["quotes marked"] += len(marks)
        counts["quotes found"] += len(found.quotes)
        seen = set()
        for quote in found.quotes:
            span = quote_span(quote)
            mark = marks.get(span)
            if mark is None or span in seen:
                self._error(gold, "quote span", *span, quote.speaker_name)
                continue
            seen.add(span)
            counts["quotes matched"] += 1
            speaker = same_name(quote.speaker_name or "", (mark.speaker or "",))
            counts["speaker right"] += speaker
            counts["quote right"] += speaker and quote.kind == mark.kind
            if not speaker or quote.kind != mark.kind:
                told = (quote.speaker_name, quote.kind, mark.speaker, mark.kind)
                self._error(gold, "quote speaker or kind", *span, told)
        for span in marks.keys() - seen:
            self._error(gold, "missed quote", *span, marks[span].speaker)

    def figures(self) -> dict[str, float]:
        """The shares, by name."""
        c = self.counts
        slots = ("type", "actor", "recipient", "place", "date", "is_realized")
        above = [(a, b) for a, right in self.ranked if right for b, wrong in self.ranked if not wrong]
        return {
            "events: precision": _share(c["matched"], c["found"]),
            "events: recall": _share(c["recalled"], c["marked"]),
            **{f"events: {slot}": _share(c["matched"] - c[slot], c["matched"]) for slot in slots},
            "events: everything right": _share(c["event right"], c["found"]),
            "events: AUC of confidence": _share(sum((a > b) + (a == b) / 2 for a, b in above), len(above)),
            "events: with a place, where marked": _share(c["place given"], c["place marked"]),
            "events: with a date, where marked": _share(c["date given"], c["date marked"]),
            "quotes: span F1, strict": _share(2 * c["quotes matched"], c["quotes marked"] + c["quotes found"]),
            "quotes: speaker right": _share(c["speaker right"], c["quotes matched"]),
            "quotes: all right": _share(c["quote right"], c["quotes found"]),
        }

    def report(self, half: str) -> str:
        """The figures as lines."""
        c = self.counts
        head = f"{half}: {c['articles']} articles, {c['marked']} events, {c['quotes marked']} quotes marked; {c['found']} events found"
        return "\n".join([head, *(f"  {name:36} {value:.3f}" for name, value in self.figures().items())])


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def score(half: str, nlp: Language) -> Score:
    """Extracts the articles of a half with the model, and scores them."""
    total = Score()
    gold = load_all(half)
    for marked in gold:
        total.add(marked, copytaster.extract(marked.article, nlp))
    total.counts["articles"] = len(gold)
    return total


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "blind", "all"), default="all")
    parser.add_argument("--errors", action="store_true", help="print errors; of the blind half only with --half blind")
    options = parser.parse_args()
    total = score(options.half, copytaster.load_model())
    print(total.report(options.half))
    if options.errors:
        errors = total.errors if options.half == "blind" else [line for line in total.errors if " blind-" not in line]
        print("\n".join(sorted(errors)))


if __name__ == "__main__":
    main()
