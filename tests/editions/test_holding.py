"""Which version holds: the rule in a table, and whole histories against a plain model of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copytaster.editions.holding import Changes, Letter, Version, decide, place, replaces

DAY = date(2026, 3, 2)


def version(text: str, moment: int | None, number: int, **more: object) -> Version:
    return Version("a", f"a@{text}", moment, place(1, number), DAY, number=number, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "new", "holds"),
    [
        (None, None, "new"),  # neither says when it is from: the later arrival
        (5, None, "new"),
        (None, 5, "new"),
        (5, 6, "new"),
        (5, 5, "new"),
        (6, 5, "held"),  # both say it, and the later arrival is from earlier
    ],
)
def test_the_later_arrival_holds_unless_it_is_from_earlier(held: int | None, new: int | None, holds: str) -> None:
    assert replaces(version("new", new, 1), version("held", held, 0)) == (holds == "new")


def test_a_withdrawal_is_a_version_like_any_other() -> None:
    """Undated it holds from its arrival; dated it does not undo what is from later."""
    article = version("text", 5, 0)
    undated = version("", None, 1, is_withdrawal=True)
    from_earlier = version("", 4, 1, is_withdrawal=True)
    assert decide([article, undated], {}, {}).articles["a"].added is None
    assert decide([article, from_earlier], {}, {}).articles["a"].added == article


def test_a_withdrawal_comes_before_its_article() -> None:
    """What is withdrawn stays so, as long as the article that comes is from before the withdrawal."""
    withdrawn = version("", 7, 0, is_withdrawal=True)
    late = version("text", 5, 1)
    again = version("text", 9, 2)
    assert decide([withdrawn, late], {}, {}).articles["a"].added is None
    assert decide([withdrawn, late, again], {}, {}).articles["a"].added == again


def test_a_redriven_letter_stands_where_it_stood() -> None:
    """The record that was a dead letter first and comes after its own correction does not undo it."""
    letter = Letter("dead", place(1, 0), DAY, number=0)
    correction = version("corrected", None, 1)
    redriven = version("first", None, 2, letter="dead")
    changes = decide([letter, correction, redriven], {}, {})
    assert changes.articles["a"].added == correction
    assert changes.letters == {}
    later = decide([redriven], {"a": correction}, {"dead": letter})
    assert later.articles == {}
    assert later.letters["dead"].after is None
    alone = decide([redriven], {}, {"dead": letter})
    assert alone.articles["a"].after.arrival == letter.arrival


def plain_model(history: list[tuple[str, int | None, bool]]) -> dict[str, int]:
    """By article the number of the record that holds after all, written down as the rule is said."""
    holding: dict[str, int] = {}
    for number, (article, moment, _) in enumerate(history):
        if article in holding:
            held = history[holding[article]][1]
            if moment is not None and held is not None and moment < held:
                continue
        holding[article] = number
    return {article: number for article, number in holding.items() if not history[number][2]}


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 4), st.booleans()), max_size=20),
    st.lists(st.integers(1, 6), min_size=20, max_size=20),
)
def test_any_history_in_any_editions(history: list[tuple[str, int | None, bool]], sizes: list[int]) -> None:
    """However the records are dealt out to editions, what holds is what the plain model says, and each change follows on
    the one before.
    """
    held: dict[str, Version] = {}
    present: dict[str, Version] = {}
    first = edition = 0
    while first < len(history):
        edition += 1
        part = history[first : first + sizes[edition - 1]]
        arrived = [
            Version(article, f"{article}@{first + n}", moment, place(edition, n), DAY, is_withdrawal, number=n)
            for n, (article, moment, is_withdrawal) in enumerate(part)
        ]
        changes: Changes = decide(arrived, held, {})
        for name, change in changes.articles.items():
            assert change.before == held.get(name)
            assert present.pop(name, None) == change.removed
            if change.added:
                present[name] = change.added
            held[name] = change.after
        first += len(part)
    assert {name: int(found.version_id.split("@")[1]) for name, found in present.items()} == plain_model(history)
