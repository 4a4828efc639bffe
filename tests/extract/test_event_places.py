"""Where events happen, on short ordinary stories: the place, and what tells it (`location_basis`), with the real model."""

from __future__ import annotations

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article

pytestmark = pytest.mark.model

STORIES = [
    ("Police arrested nine people in Leeds on Tuesday.", "arrested", "Leeds", "explicit"),
    ("At a rally in Nairobi, officers beat two reporters and arrested a third.", "arrested", "Nairobi", "sentence"),
    ("Gunmen opened fire in a market in Quetta and killed six traders.", "killed", "Quetta", "sentence"),
    (
        "Two trains collided near Tampere on Monday morning. Eleven passengers were injured.",
        "injured",
        "Tampere",
        "scene",
    ),
    (
        "Hundreds of nurses marched in Porto on Saturday over pay.\n\nPolice arrested four of them.",
        "arrested",
        "Porto",
        "scene",
    ),
    ("A bomb killed five soldiers in Cali on Sunday. Rebels attacked a patrol.", "attacked", "Cali", "scene"),
    (
        "LIMA, June 3 (Reuters) - Police arrested a former minister on Tuesday over bribes.",
        "arrested",
        "Lima",
        "dateline",
    ),
    ("ACCRA (AP) — A bus crashed early on Sunday and killed 12 people, officials said.", "killed", "Accra", "dateline"),
    # nothing is taken from elsewhere
    ("Gunmen killed six traders in Quetta. In Lagos, police arrested a banker.", "arrested", "Lagos", "explicit"),
    ("Police arrested a man who grew up in Hull.", "arrested", "", "none"),
    ("The minister told reporters in Paris that rebels had killed 12 soldiers.", "killed", "", "none"),
    ("Gunmen killed six traders in Quetta. Chile criticised the prime minister.", "criticised", "", "none"),
    ("Fans clashed in Turin on Friday. One of them had been arrested for theft.", "arrested", "", "none"),
    ("LIMA, June 3 (Reuters) - Chile criticised the plan on Tuesday.", "criticised", "", "none"),
    ("LIMA, June 3 (Reuters) - Chilean police arrested a banker in Arica on Tuesday.", "arrested", "Arica", "explicit"),
    ("LIMA, June 3 (Reuters) - Police in Chile said on Tuesday that they had arrested a banker.", "arrested", "", "none"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "trigger", "place", "basis"), STORIES)
def test_place_and_basis(nlp: Language, text: str, trigger: str, place: str, basis: str) -> None:
    found = copytaster.extract(Article(text=text, language="en"), nlp)
    (event,) = [e for e in found.events if e.trigger.text == trigger]
    assert ([p.name for p in event.locations], event.location_basis) == ([place] if place else [], basis)
