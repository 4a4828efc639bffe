"""Where the places of a text are put: by what stands beside a name, by the rest of the article, by size, or nowhere."""

from __future__ import annotations

import dataclasses
import re

import pytest
import spacy
from spacy.language import Language

import copytaster
from copytaster.extract import places
from copytaster.extract.places import evidence, readings
from copytaster.extract.places.readings import Area
from copytaster.extract.story import Story
from copytaster.records import Article, Entity, EntityType, Mention, Outlet
from copytaster.structure import text_blocks

TOKENIZER = spacy.blank("en")
TOKENIZER.add_pipe("sentencizer")
NO_OUTLET = Outlet()


def story_of_text(text: str, outlet: Outlet = NO_OUTLET) -> Story:
    """The story of a text: places are read off the text and the entities alone, no annotation is needed."""
    article = Article(text=text, id="written", outlet=outlet)
    return Story.of(article, TOKENIZER(text), text_blocks(text))


def locate(text: str, names: str, kind: EntityType = "GPE", outlet: Outlet = NO_OUTLET) -> dict[str, Entity]:
    """The located entities by name. `names` are parted by "|"; "Clarke County Court:ORG" has another type than `kind`."""
    story = story_of_text(text, outlet)
    entities, mentions = [], []
    for number, item in enumerate(names.split("|")):
        name, _, other = item.partition(":")
        entities.append(Entity(name, other or kind))  # type: ignore[arg-type]
        found = re.finditer(rf"\b{re.escape(name)}", text)
        mentions.extend(Mention(story.cut(*match.span()), "name", number, 0) for match in found)
    mentions.sort(key=lambda m: m.span.start)
    return {e.name: e for e in places.locate(story, tuple(entities), tuple(mentions))}


def whereabouts(entity: Entity) -> str:
    """Country and degrees of an entity: "US 34 -96"; "-" where it has none."""
    if entity.latitude is None or entity.longitude is None:
        return entity.country or "-"
    return f"{entity.country or '-'} {round(entity.latitude)} {round(entity.longitude)}"


WHERE = [
    # countries, and what stands for them
    ("Talks opened in Venezuela.", "Venezuela", "Venezuela", "VE 8 -66"),
    ("VENEZUELA REJECTS OFFER", "VENEZUELA", "VENEZUELA", "VE 8 -66"),
    ("The U.S. sent aid.", "U.S.", "U.S.", "US 40 -98"),
    ("Côte d’Ivoire voted.", "Côte d’Ivoire", "Côte d’Ivoire", "CI 8 -5"),
    ("Burma freed him.", "Burma", "Burma", "MM 21 96"),
    # capitals and cities that need no country beside them
    ("He flew to Moscow.", "Moscow", "Moscow", "RU 56 38"),
    ("He flew to Paris.", "Paris", "Paris", "FR 49 2"),
    ("Officials in Washington were silent.", "Washington", "Washington", "US 39 -77"),
    ("A court in Kiev met.", "Kiev", "Kiev", "UA 50 31"),
    ("The Hague will try him.", "The Hague", "The Hague", "NL 52 4"),
    ("Police in St. Louis said so.", "St. Louis", "St. Louis", "US 39 -90"),
    ("Rain fell on Sao Paulo.", "Sao Paulo", "Sao Paulo", "BR -24 -47"),
    ("A flight from New York left.", "New York", "New York", "US 41 -74"),
    ("She was born in Bombay.", "Bombay", "Bombay", "IN 19 73"),
    # the words right after the name
    ("He lives in Paris, Texas.", "Paris|Texas", "Paris", "US 34 -96"),
    ("He lives in Paris, Tex., with her.", "Paris", "Paris", "US 34 -96"),
    ("He lives in Paris, TX 75460.", "Paris", "Paris", "US 34 -96"),
    ("A man from Moscow, Idaho, won.", "Moscow|Idaho", "Moscow", "US 47 -117"),
    ("A crash in Athens, Ga., killed two.", "Athens", "Athens", "US 34 -83"),
    ("They met in London, Ontario, in May.", "London|Ontario", "London", "CA 43 -81"),
    ("They met in Cambridge, Mass.", "Cambridge", "Cambridge", "US 42 -71"),
    ("A vineyard near Cordoba (Spain) burned.", "Cordoba", "Cordoba", "ES 38 -5"),
    ("He was seen in Dublin, Ohio.", "Dublin|Ohio", "Dublin", "US 40 -83"),
    ("A plant in Birmingham, Alabama, shut.", "Birmingham|Alabama", "Birmingham", "US 34 -87"),
    ("A plant in Perth, Scotland, shut.", "Perth|Scotland", "Perth", "GB 56 -3"),
    ("She moved to Jacksonville, Fla.", "Jacksonville, Fla.", "Jacksonville, Fla.", "US 30 -82"),
    ("She moved to Albany, New York.", "Albany|New York", "New York", "US 43 -75"),
    ("He flew to Chicago, New York and Houston.", "Chicago|New York|Houston", "New York", "US 41 -74"),
    ("Indiana gained jobs; Kentucky and Illinois lost them.", "Indiana|Kentucky|Illinois", "Indiana", "US 40 -86"),
    ("Soldiers entered Jenin and Nablus.", "Jenin|Nablus", "Jenin", "PS 32 35"),
    ("They met in Avondale Estates.", "Avondale Estates", "Avondale Estates", "US 34 -84"),
    ("Fighting spread in Iraq, Afghanistan and Syria.", "Iraq|Afghanistan|Syria", "Iraq", "IQ 33 44"),
    ("Trade of China, Russia and India grew.", "China|Russia|India", "China", "CN 35 105"),
    # Georgia, Jordan and their like
    ("Georgia and Russia fought over Tskhinvali.", "Georgia|Russia", "Georgia", "GE 42 44"),
    ("Tbilisi said Georgia would not yield.", "Tbilisi|Georgia", "Georgia", "GE 42 44"),
    ("Floods hit Georgia, Alabama and Tennessee.", "Georgia|Alabama|Tennessee", "Georgia", "US 33 -84"),
    ("The Atlanta lawyer sued Georgia.", "Atlanta|Georgia", "Georgia", "US 33 -84"),
    ("Jordan closed its border with Syria.", "Jordan|Syria", "Jordan", "JO 31 36"),
    ("Jordan Elementary got a gift; a Shakopee store paid.", "Jordan|Shakopee", "Jordan", "US 45 -94"),
    ("Lebanon and Israel agreed on a truce.", "Lebanon|Israel", "Lebanon", "LB 34 36"),
    ("Lebanon police, helped by Warren County deputies and Mason, Ohio, searched.", "Lebanon|Warren County|Mason|Ohio",
     "Lebanon", "US 39 -84"),
    ("Peru and Chile signed.", "Peru|Chile", "Peru", "PE -10 -75"),
    # the rest of the article
    ("Paris and Henry County are rich in history. Tennessee helps.", "Paris|Henry County|Tennessee", "Henry County",
     "US 36 -88"),
    ("Huntsville and Walker County lifted the ban. Texas agreed.", "Huntsville|Walker County|Texas", "Huntsville",
     "US 31 -96"),
    ("Springfield is near Chicopee and Holyoke.", "Springfield|Chicopee|Holyoke", "Springfield", "US 42 -73"),
    ("Springfield is near Decatur, a city of Illinois.", "Springfield|Decatur|Illinois", "Springfield", "US 40 -90"),
    ("Richmond is near Berea. Kentucky paid.", "Richmond|Berea|Kentucky", "Richmond", "US 38 -84"),
    ("The men of Newport, near Cardiff, won in Wales.", "Newport|Cardiff|Wales", "Newport", "GB 52 -3"),
    ("Hamilton and Ancaster, in Ontario, merged.", "Hamilton|Ancaster|Ontario", "Hamilton", "CA 43 -80"),
    ("Cordoba is south of Tucuman. Argentina won.", "Cordoba|Tucuman|Argentina", "Cordoba", "AR -31 -64"),
    ("Tripoli is south of Akkar. Lebanon sent soldiers; Beirut was calm.", "Tripoli|Lebanon|Beirut", "Tripoli",
     "LB 34 36"),
    ("The mayors of Cleveland, Chicago and Houston met.", "Cleveland|Chicago|Houston", "Cleveland", "US 41 -82"),
    # the outlet
    ("The council of Lancaster met.", "Lancaster", "Lancaster", "GB 54 -3"),
    # regions, counties, landforms
    ("Fire burned in California.", "California", "California", "US 37 -120"),
    ("He was held in Anbar province.", "Anbar province", "Anbar province", "IQ 34 42"),
    ("Clashes in Northern Iraq went on.", "Northern Iraq", "Northern Iraq", "IQ 33 44"),
    ("She was seen in East Los Angeles.", "East Los Angeles", "East Los Angeles", "US 34 -118"),
    ("Police of Rapides Parish came.", "Rapides Parish", "Rapides Parish", "US 31 -93"),
    ("Clarke, Madison and Oconee counties of Georgia met in Athens.", "Clarke|Madison|Oconee|Georgia|Athens", "Oconee",
     "US 34 -83"),
    ("A farm in Cambridgeshire flooded.", "Cambridgeshire", "Cambridgeshire", "GB 52 0"),
    ("Ships crossed the Black Sea.", "Black Sea", "Black Sea", "- 43 34"),
    ("Shelling hit the Gaza Strip.", "Gaza Strip", "Gaza Strip", "PS 31 34"),
    ("Aid reached Gaza.", "Gaza", "Gaza", "PS 32 34"),
    ("War in Darfur goes on.", "Darfur", "Darfur", "SD 13 25"),
    ("It is the largest river of Europe.", "Europe", "Europe", "- 49 9"),
    # other names for the kind of place
    ("The City of Dublin, Ohio, paid.", "City of Dublin|Ohio", "City of Dublin", "US 40 -83"),
    ("The Town of Amherst, N.Y., paid.", "Town of Amherst", "Town of Amherst", "US 43 -79"),
    # nothing speaks for any of the towns of the name, or the name is a word
    ("He went to Oak Hill.", "Oak Hill", "Oak Hill", "-"),
    ("They cried Freedom.", "Freedom", "Freedom", "-"),
    ("It was Time.", "Time", "Time", "-"),
    ("They went South.", "South", "South", "-"),
    ("A store in Qwertyville, Ohio, shut.", "Qwertyville|Ohio", "Qwertyville", "US"),
    ("The White House spoke.", "White House:FAC", "White House", "US"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "name", "expected"), WHERE)
def test_where_a_place_lies(text: str, names: str, name: str, expected: str) -> None:
    """A name is put where the text, the article's other places and the size of the towns say."""
    outlet = Outlet(country="GB") if name == "Lancaster" else NO_OUTLET
    assert expected == whereabouts(locate(text, names, outlet=outlet)[name])


TYPES: list[tuple[str, EntityType, EntityType]] = [
    ("Middle East", "GPE", "LOC"),
    ("Black Sea", "GPE", "LOC"),
    ("France", "LOC", "GPE"),
    ("Ohio", "LOC", "GPE"),
    ("Boston", "LOC", "GPE"),
    ("Gaza Strip", "LOC", "LOC"),
    ("Qwertyville", "LOC", "LOC"),
    ("Boston", "PERSON", "PERSON"),
    ("Paris", "ORG", "ORG"),
]


@pytest.mark.parametrize(("name", "given", "expected"), TYPES)
def test_type_follows_the_place(name: str, given: EntityType, expected: EntityType) -> None:
    """A sea becomes LOC and a country GPE; what is no place keeps its type."""
    assert expected == locate(f"They spoke of {name}.", name, given)[name].type


def test_ids_of_country_region_and_city() -> None:
    """Countries, regions and cities carry their GeoNames id."""
    found = locate("Austin is in Texas, a state of the United States.", "Austin|Texas|United States")
    assert {n: e.geonames_id for n, e in found.items()} == {
        "Austin": 4671654,
        "Texas": 4736286,
        "United States": 6252001,
    }


def test_persons_and_organisations_stay_as_they_are() -> None:
    """A person named Jordan is no country, and an organisation's country is kept."""
    story = story_of_text("Michael Jordan met Airbus.")
    given = (Entity("Michael Jordan", "PERSON"), Entity("Airbus", "ORG", country="NL"))
    assert given == places.locate(story, given, ())


def test_nationality_has_a_country_and_no_coordinates() -> None:
    """The Venezuelans are of VE, but they do not lie anywhere."""
    entity = locate("Venezuelans voted.", "Venezuelans", "NORP")["Venezuelans"]
    assert (entity.type, entity.country, entity.latitude) == ("NORP", "VE", None)


def test_facility_lies_where_its_name_says_if_the_article_has_been_there() -> None:
    """Buffalo City Hall is in Buffalo; Truman Library is not in Truman, Minnesota."""
    found = locate(
        "Buffalo City Hall in Buffalo is older than Truman Library.", "Buffalo City Hall:FAC|Buffalo|Truman Library:FAC"
    )
    assert (
        found["Buffalo City Hall"].type,
        whereabouts(found["Buffalo City Hall"]),
        found["Buffalo City Hall"].geonames_id,
    ) == ("FAC", "US 43 -79", None)
    assert whereabouts(found["Truman Library"]) == "-"


def test_facility_of_an_unknown_town_or_of_a_country_lies_nowhere() -> None:
    """Qwertyville Hall stands in a town that nobody knows; the Peru Embassy is anywhere but in Peru."""
    found = locate(
        "Qwertyville Hall in Qwertyville and Peru Embassy.", "Qwertyville Hall:FAC|Qwertyville|Peru Embassy:FAC|Peru"
    )
    assert whereabouts(found["Qwertyville Hall"]) == whereabouts(found["Peru Embassy"]) == "-"


def test_organisations_named_for_a_place_help_to_place_the_others() -> None:
    """The Clarke County Superior Court and the Georgia Bureau of Investigation put Athens into Georgia."""
    text = "The Clarke County Superior Court tried a man from Athens. The Georgia Bureau of Investigation had found him in Winder."
    found = locate(text, "Clarke County Superior Court:ORG|Athens|Georgia Bureau of Investigation:ORG|Winder")
    assert whereabouts(found["Athens"]) == "US 34 -83"


def test_outlet_name_helps() -> None:
    """In the Concord Monitor of New Hampshire, Concord with Laconia is that of New Hampshire."""
    outlet = Outlet(name="Concord Monitor", country="US")
    assert whereabouts(locate("Concord and Laconia voted.", "Concord|Laconia", outlet=outlet)["Concord"]) == "US 43 -72"


def test_locating_changes_no_entity_but_its_place() -> None:
    """Aliases, titles, salience and the number of entities stay."""
    story = story_of_text("Paris won.")
    given = Entity("Paris", "GPE", aliases=("City of Light",), salience=0.5)
    (found,) = places.locate(story, (given,), (Mention(story.cut(0, 5), "name", 0, 0),))
    assert given == dataclasses.replace(found, country=None, geonames_id=None, latitude=None, longitude=None)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "x", "Paris", "123", "مرحبا بالعالم", "a " * 5000, "Paris, " * 3000, "\ud800"]
)
def test_odd_texts_pass(text: str) -> None:
    """Nothing in a text may break the layer."""
    story = Story(Article(text=text or "x", id="odd"), text, TOKENIZER(text if text != "\ud800" else ""), (), ())
    entities = (
        Entity("Paris", "GPE"),
        Entity("", "GPE"),
        Entity(" ", "FAC"),
        Entity("'s", "LOC"),
        Entity("The", "ORG"),
    )
    mentions = (Mention(story.cut(0, 5), "name", 0, 0),) if text.startswith("Paris") else ()
    assert len(entities) == len(places.locate(story, entities, mentions))


AFTER = [
    ("Paris, Texas, is small", "Paris", Area("US", "TX")),
    ("Paris, Tex.", "Paris", Area("US", "TX")),
    ("Paris, TX", "Paris", Area("US", "TX")),
    ("Paris (France)", "Paris", Area("FR")),
    ("Perth, Western Australia", "Perth", Area("AU", "08")),
    ("Victoria, B.C., is", "Victoria", Area("CA", "02")),
    ("Charleston, W.Va. -- A", "Charleston", Area("US", "WV")),
    ("Charleston, West Virginia", "Charleston", Area("US", "WV")),
    ("Newark, Licking County, burned", "Newark", Area("US", "OH")),
    ("Paris Hilton came", "Paris", None),
    ("Paris, he said", "Paris", None),
    ("Paris,\nTexas", "Paris", None),
    ("Paris", "Paris", None),
]


@pytest.mark.parametrize(("text", "name", "expected"), AFTER)
def test_area_after_a_name(text: str, name: str, expected: Area | None) -> None:
    """What stands right after a town tells its state or country."""
    assert expected == readings.area_after(text, len(name))[0]


AREAS = [
    ("The Kentucky court heard Texans.", {Area("US", "KY"): 1, Area("US", "TX"): 1}),
    ("French and British envoys met in Ky.", {Area("FR"): 1, Area("GB"): 1, Area("US", "KY"): 1}),
    ("West Virginia is not Virginia.", {Area("US", "WV"): 1, Area("US", "VA"): 1}),
    ("Send it to Provo, UT 84601.", {Area("US", "UT"): 1}),
    ("Nothing here.", {}),
    ("Georgia may be anything, Michael Jordan and Virginia Woolf are persons.", {}),
]


@pytest.mark.parametrize(("text", "expected"), AREAS)
def test_areas_that_a_text_names(text: str, expected: dict[Area, int]) -> None:
    """Countries, demonyms, states and postal codes count; names of several things do not."""
    assert expected == dict(evidence.areas_named(story_of_text(text)))


HINTS = [
    ("The sheriff and the freshman", {"US"}),
    ("The councillor of the NHS", {"GB"}),
    ("Gardaí came", {"IE"}),
    ("two crore rupees", {"IN"}),
    ("The man came", set()),
]


@pytest.mark.parametrize(("text", "expected"), HINTS)
def test_words_hint_at_a_country(text: str, expected: set[str]) -> None:
    """Offices, schools and money show where a text was written."""
    assert expected == set(evidence.countries_hinted(story_of_text(text)))


@pytest.mark.model
def test_places_of_an_article_with_the_model(nlp: Language) -> None:
    """End to end: the towns of a local story lie in its state."""
    text = (
        "ATHENS, Ga. (AP) _ A man from Winder was arrested Tuesday in Athens, police said.\n\n"
        "He had driven from Macon to Athens to see his brother. The Georgia State Patrol helped."
    )
    found = {e.name: whereabouts(e) for e in copytaster.extract(Article(text=text, language="en"), nlp).entities}
    assert [v for k, v in found.items() if k.lower() == "athens"] == ["US 34 -83"]
