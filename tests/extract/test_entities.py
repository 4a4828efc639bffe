"""Tests of extract/entities: what is a name, of what type, and whose.

A case is a text in which the names stand as `[T:name]`, or `[T:name=canonical name]` where the entity bears another one;
T is P person, O organisation, G state or town, N people, L other place, F building, E event, W work, A law, R product.
Annotations are written (tests/extract/written/entities.tsv), so that no model upgrade can break a rule's test.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from spacy.language import Language

from copytaster.extract import extract
from copytaster.extract.entities import find_entities, with_salience
from copytaster.knowledge import names, table
from copytaster.records import Article, Entity
from written import read_docs, story_of

DOCS = read_docs(Path(__file__).parent / "written" / "entities.tsv")
TYPES = {
    "P": "PERSON",
    "O": "ORG",
    "G": "GPE",
    "N": "NORP",
    "L": "LOC",
    "F": "FAC",
    "E": "EVENT",
    "W": "WORK",
    "A": "LAW",
    "R": "PRODUCT",
}
MARK = re.compile(r"\[([A-Z]):([^\]=]+)(?:=([^\]]+))?\]")


TITLES = [
    "[G:US=United States] President [P:Ana Moran] met [G:Peru]’s president in [G:Lima].",
    "[G:Peruvian=Peru] President [P:Luis Ortega] left [G:Peru] on Monday.",
    "[G:US=United States] Secretary of State [P:Carl Dunne] will fly to [G:Qatar], officials said.",
    "Mr [P:Whitlock] declined to comment on the plan.",
    "The court heard that Dr. [P:Helen Park] treated the victims.",
    "Chief Executive Officer [P:Tom Brandt] said profits would rise.",
    "[O:White House] Press Secretary [P:Jane Roe] spoke to reporters on Friday.",
    "[G:Finland]'s Foreign Minister [P:Aino Virtanen] arrived in [G:Oslo] on Tuesday.",
    "Gen. [P:Mark Doyle] ordered the troops to stay.",
    "The [G:Uzbek=Uzbekistan] striker [P:Igor Petrov] scored for [G:Uzbekistan] in the last minute.",
    "Former Prime Minister [P:Gordon Hale] said he would not run again.",
    "Striker [P:Alan Doyle] missed two chances in the first half.",
    "Deputy Foreign Minister [P:Sergei Ivanov] rejected the offer.",
    "He met Lt. Gov. [P:Dana Cole] and Sen. [P:Peter Marsh] on Thursday.",
    "Police Commissioner [P:James O'Dowd] said two men were arrested.",
    "The governor of [G:Kwara State], [P:Ayodele Oni], said the pupils were safe.",
    '"We are fine," said his spokesman, [P:Bayo Adenuga].',
    "[P:Scott Lang], the [G:US=United States] Treasury Secretary, left early.",
    "Det Ch Insp [P:Stacey Rowe], of [O:West Yorkshire Police], led the inquiry.",
    "DCI [P:Paul Brandt] and PC [P:Jane Roe] gave evidence.",
    "Det Supt [P:Mark Halder] said two men were held.",
    "Chief Superintendent [P:Ann Moss] thanked the public.",
    "[G:Cambodia]'s former leader [P:Hun Sen] flew home.",
]

FORMS = [
    "The talks were led by [P:Ursula von der Heide] in [G:Vienna].",
    "[P:Bashar al-Khatib] said the ceasefire would hold.",
    "[P:Kim Jong-ho] inspected the site on Sunday.",
    "The author [P:George W. Marsh] lives in [G:Dublin].",
    "[P:Martin Dale Jr.] won the seat by a wide margin.",
    "The [G:Lima]-based firm cut 40 jobs.",
    "The [G:US=United States]-backed force left the town.",
    '[P:Ann "Ace" Moran] won the race in [G:Spain].',
    "[P:Jean-Luc Perrin] told reporters that the strike was over.",
    "De [P:Souza=Carlos de Souza] agreed, and [P:Carlos de Souza] signed.",
    "The bomb was laid by the [O:al-Qaeda]-linked group [O:al-Shabaab], officials said.",
    "The army blamed [O:Lashkar-e-Taiba] for the attack.",
    "[P:Shaheen Shah Afridi] took three wickets on Sunday.",
    "Judges at the [O:Supreme Court of Victoria] heard the case.",
    "Police arrested [P:Ismael “El Viejo” Zamora] near [G:El Paso].",
    "The director, [P:Laurence des Prés], offered to resign.",
]

ORGANISATIONS = [
    "The [O:Ministry of Foreign Affairs] denied the report.",
    "The [O:Bank of England] kept rates on hold on Thursday.",
    "The [O:Indonesian Navy] rescued 40 sailors on Monday.",
    "[O:Acme Holdings Inc.=Acme Holdings Inc.] bought a rival for $40 million.",
    "[O:Zentrax Corp.] fell 4 percent after [O:Zentrax=Zentrax Corp.] cut its forecast.",
    "Shares of [O:Volkswagen] rose in [G:Frankfurt] on Friday.",
    "The [O:Monopolies and Mergers Commission] will study the deal.",
    "The [O:University of Tartu] opened a new laboratory.",
    "The [O:European Union] and [O:NATO] condemned the attack.",
    "The [O:Obama administration] opposed the bill.",
    "Lawyers for [O:Ernst & Young] said the audit was sound.",
    "The [O:People's Health Party] won nine seats.",
    "The [O:Supreme Court] will hear the case in May.",
    "Officials at the [O:World Health Organization=World Health Organization] said the [O:WHO=World Health Organization] would help.",
    "The [O:United Farm Front] ([O:UFF=United Farm Front]) said on Friday that the [O:UFF=United Farm Front] would strike.",
    "[O:Hamas] and [O:Hezbollah] praised the decision.",
    "The [O:Department of Health and Human Services] published the figures.",
    "[O:St. Mary's Hospital] treated nine people on Monday.",
    "The [O:Indonesian Red Cross] sent tents to the coast.",
    "The [O:Office for Budget Responsibility] ([O:OBR=Office for Budget Responsibility]) cut its forecast.",
    "[O:Amnesty International Indonesia] called for a review.",
    "The [O:Maritime and Coastguard Agency] said the ship had lost power.",
    "The novel was published by [O:Halder & Moss] in March.",
    "The head of the [O:Council for the Promotion of International Trade] flew to [G:Lima].",
    "She joined [O:Vela & Norden] in May; [O:V&N=Vela & Norden] pays well.",
    "She left [O:Grupo Norte] in May.",
    "Shares of [O:Summit Energy] fell after the regulator fined [O:Summit=Summit Energy] for the leak.",
    "[O:Orbital Chemicals], which employs 900 people, said it would appeal. Shares of [O:Orbital=Orbital Chemicals] fell.",
    "[O:Beacon Foods] said sales rose. [O:Beacon=Beacon Foods] expects profits of £9m.",
    "[G:Italy] rallied to defeat [G:France] 24-20 in [G:Rome].",
    "[O:Ashford Rovers] won the league match with two late goals. [O:Rovers=Ashford Rovers] travel to [O:Harbour Town] next.",
    "[O:Dalton Stores] sank. [O:Dalton=Dalton Stores]'s chairman said the board of [O:Dalton=Dalton Stores] would act.",
    "[O:Dalton Stores] was founded by [P:James Dalton]. [P:Dalton=James Dalton] said he was proud.",
    "[P:Femi Adeyinka] scored as [O:Marlow Rovers] won the league match. [P:Adeyinka=Femi Adeyinka] said [O:Marlow=Marlow Rovers] would go on.",
    "[O:Beacon Foods] said sales rose. Beacon of hope, said one analyst, who follows the company.",
]

OUTLETS = [
    "The [O:New York Post] reported that the deal was dead.",
    "[O:The Wall Street Journal] said the fund had lost money.",
    "According to [O:CNN], the minister is ill.",
    "He told the [O:Financial Times] that rates would fall.",
    "[O:Reuters] could not reach the company for comment.",
    "The state news agency [O:Xinhua] said the bridge was closed.",
]

COUNTRIES = [
    "[G:Venezuela] closed [G:Venezuelan=Venezuela] airspace on Monday.",
    "[N:Cuban=Cuba] doctors arrived in [G:Haiti] last week.",
    "The [G:U.S.=United States] and the [G:United States] are one country.",
    "[G:Britain=United Kingdom] and [G:Ireland] signed the treaty.",
    "[N:Kurdish] fighters entered the town on Friday.",
    "A [N:Muslim] cleric led the prayer in [G:Cairo].",
    "[N:Democrats] and [N:Republicans] agreed on the budget.",
    "The pro-[G:Moscow] party lost the vote.",
    "[N:Republicans] left, and one [N:Republican=Republicans] stayed.",
]

THINGS = [
    "Two ships met in the [L:Black Sea] on Sunday.",
    "[L:Europe] faces a cold winter, and so does [L:Central Asia].",
    "The march ended at [F:Trafalgar Square] in [G:London].",
    "Flights from [F:Heathrow Airport=Heathrow] were late.",
    "[G:France] won the [E:World Cup] in 1998.",
    "[E:Operation Desert Wind] began in March.",
    "The [W:Nobel Peace Prize] went to a doctor.",
    "They broke the [A:Geneva Conventions=Geneva Convention], lawyers said.",
    "The [L:Mekong River] flooded three villages.",
    "The ferry [R:Blue Heron] sank off [G:Cyprus] on Friday.",
    "[E:Storm Ashley] hit [G:Norway] on Sunday. [E:Ashley=Storm Ashley] will weaken on Monday.",
    "Scientists found salt on the asteroid [L:Bennu] in May.",
    "The [R:OSIRIS-REx] spacecraft came home.",
    "The ferry [R:MV Arcadia] ran aground.",
    "[G:Haiti]'s capital [G:Port-au-Prince] is cut off.",
    "She praised the [F:British Museum] and the [O:Museum of Modern Art] on Friday.",
    "He wrote the songs for “[W:Marlow Tide],” which opened on Friday.",
    "Her novel [W:The Garden of Ana and Ivo] was shortlisted for a prize.",
    "He starred in [W:The Long Good Winter] and in a play.",
    "A [R:Boeing 737 Max 8] turned back to [G:Seoul] on Friday.",
    "[O:Parliament] passed the [A:Land (Amendment) Act] in May.",
    "Nurses gave the [R:Corvax] vaccine to children.",
    "Ships left the [F:Port of Busan] at dawn.",
    "She drives a [R:Model Y] to work.",
]

CLUSTERS = [
    "[P:Nina Halder] resigned. [P:Halder=Nina Halder] had led the bank since May.",
    "[P:Ida Berg] and [P:Olaf Berg] were there. Mrs [P:Berg=Ida Berg] spoke first.",
    "[P:Daniel Moss] fled the camp. [P:Daniel=Daniel Moss] was sixteen.",
    "[P:Theresa May] lost the vote. [P:May=Theresa May] said she would resign.",
    "[P:Valerie Paris] sued the church. [P:Paris=Valerie Paris] was born in [G:Bern].",
    "[P:Robert J. Cole] and his lawyer met. [P:Robert Cole=Robert J. Cole] said nothing.",
    "The [O:State Department] spoke, and the [O:US State Department=State Department] wrote.",
    "[P:Emma Young] won. [P:Young=Emma Young] told reporters she was glad.",
    "[P:Pavel Brandt] met [P:Ida Moss]. The [P:Brandt=Pavel Brandt]-[P:Moss=Ida Moss] talks went on.",
    "[P:Sarah=Sarah Hawkins] and [P:Jack Hawkins] lost their home. Mrs [P:Hawkins=Sarah Hawkins] wept. Mr [P:Hawkins=Jack Hawkins] said nothing.",
    "The [O:Rapid Support Forces] shelled the town. The [O:RSF=Rapid Support Forces] denied it.",
    "The [O:National Intelligence and Security Agency] ([O:Nisa=National Intelligence and Security Agency]) runs the prison.",
    "[P:Mohamed Doumar], known as [P:Habib=Mohamed Doumar], leads the group.",
    "Prime Minister [P:Viktor Orbán] spoke first. [P:Orban=Viktor Orbán] then left.",
    "The ferry sank off [G:Mombasa] on Monday.",
    "[G:Abu Dhabi] has called for a ceasefire.",
    "He was born in [G:Aix-en-Provence] in 1950.",
]

NO_NAMES = [
    "Time is running out for the talks.",
    "Police arrested two men on Monday.",
    "Network operators said the draft was weak.",
    "However, most of them left in March.",
    "I think it may rain in August.",
    "Prime ministers met on Friday.",
    "Election results are due on Sunday.",
    "Who said that he would win?",
]

HEADLINES = [
    "President Says [P:Halder=Nina Halder] Will Leave Office Soon\n\n[P:Nina Halder] will leave office in June, the president said on Friday.",
    "[P:HALDER=Nina Halder] WILL LEAVE OFFICE IN JUNE\n\n[P:Nina Halder] will leave office in June, the president said on Friday.",
    "[G:JAPAN=Japan] GET LUCKY WIN OVER [G:SYRIA=Syria]\n\n[G:Japan] beat [G:Syria] 2-1 on Friday in a match that they nearly lost.",
    "Minister Wants New Rules For Big Banks After Losses\n\nThe minister said on Friday that big banks need new rules.",
    "Court Says Leader May Talk With [P:Hun Sen] Again\n\n[P:Hun Sen] may be called, the court said on Friday.",
]

LINES = [
    "[G:NAIROBI=Nairobi], [G:Kenya] ([O:AP=Associated Press]) _ The government fell on Friday after a long debate in parliament.",
    "Soccer league results and standings after matches on Saturday:\n[O:Leeds] 2 [O:Everton] 1\n[O:Millwall] 0 [O:Watford] 3",
    "Standings of the soccer league after the cup match:\n[O:Leeds] 16 6 2 8 15 20 20\n[O:Preston=Preston North End] 16 5 3 8 12 19 18",
    "Tennis tournament, first round match results:\n[P:Jan Novak] ([G:Czech Republic]) beat [P:Ivo Kral] ([G:Croatia]) 6-4 6-3",
    "The league match in [G:Leeds] ended in a draw after a late goal by the striker [P:Tom Ward] of [O:Chelsea].",
]


def plain(case: str) -> str:
    """The text of a case."""
    return MARK.sub(lambda mark: mark.group(2), case)


def expected_names(case: str) -> list[tuple[str, str, str]]:
    """(text, type, canonical name) of the names that a case marks."""
    return [(m.group(2), TYPES[m.group(1)], m.group(3) or m.group(2)) for m in MARK.finditer(case)]


def found_names(text: str, title: str = "") -> list[tuple[str, str, str]]:
    """(text, type, canonical name) of the names that are found in a written text."""
    entities, mentions = find_entities(story_of(DOCS[text], title=title))
    return [(m.text, entities[m.entity].type, entities[m.entity].name) for m in mentions]


def entity_in(text: str, name: str) -> Entity:
    """The entity of that name in a written text."""
    entities, _ = find_entities(story_of(DOCS[text]))
    return next(e for e in entities if e.name == name)


@pytest.mark.parametrize("case", TITLES)
def test_titles_demonyms_and_possessives_are_no_part_of_a_name(case: str) -> None:
    assert expected_names(case) == found_names(plain(case))


@pytest.mark.parametrize("case", FORMS)
def test_particles_initials_and_nicknames_are_part_of_a_name(case: str) -> None:
    assert expected_names(case) == found_names(plain(case))


@pytest.mark.parametrize("case", ORGANISATIONS)
def test_organisations_are_found_whole(case: str) -> None:
    assert expected_names(case) == found_names(plain(case))


@pytest.mark.parametrize("case", OUTLETS)
def test_outlets_are_known(case: str) -> None:
    wanted = [(text, kind) for text, kind, _ in expected_names(case)]
    assert wanted == [(text, kind) for text, kind, _ in found_names(plain(case))]
    entities, _ = find_entities(story_of(DOCS[plain(case)]))
    assert [e.is_outlet for e in entities] == [True]


@pytest.mark.parametrize("case", COUNTRIES)
def test_demonyms_point_to_their_country(case: str) -> None:
    assert expected_names(case) == found_names(plain(case))


@pytest.mark.parametrize("case", THINGS)
def test_other_things_have_their_types(case: str) -> None:
    assert expected_names(case) == found_names(plain(case))


@pytest.mark.parametrize("case", CLUSTERS)
def test_parts_of_a_name_mean_its_bearer(case: str) -> None:
    assert expected_names(case) == found_names(plain(case))


@pytest.mark.parametrize("text", NO_NAMES)
def test_capitals_of_place_and_time_make_no_names(text: str) -> None:
    assert found_names(text) == []


@pytest.mark.parametrize("case", HEADLINES)
def test_headlines_are_read_with_the_help_of_the_body(case: str) -> None:
    text = plain(case)
    assert expected_names(case) == found_names(text, title=text.split("\n")[0])


@pytest.mark.parametrize("case", LINES)
def test_datelines_and_tables_are_read_by_their_form(case: str) -> None:
    assert expected_names(case) == found_names(plain(case))


TITLES_KEPT = [
    (plain(TITLES[1]), "Luis Ortega", ("Peruvian President",), "PE"),
    (plain(TITLES[2]), "Carl Dunne", ("US Secretary of State",), "US"),
    (plain(TITLES[3]), "Whitlock", (), None),
    (plain(TITLES[7]), "Aino Virtanen", ("Foreign Minister",), "FI"),
    (plain(TITLES[9]), "Igor Petrov", ("Uzbek striker",), "UZ"),
    (plain(ORGANISATIONS[2]), "Indonesian Navy", (), "ID"),
]


@pytest.mark.parametrize(("text", "name", "titles", "country"), TITLES_KEPT)
def test_titles_are_kept_with_the_country_they_tell(
    text: str, name: str, titles: tuple[str, ...], country: str | None
) -> None:
    entity = entity_in(text, name)
    assert (titles, country) == (entity.titles, entity.country)


def test_two_persons_with_one_surname_stay_two() -> None:
    entities, _ = find_entities(story_of(DOCS[plain(CLUSTERS[1])]))
    assert [e.name for e in entities] == ["Ida Berg", "Olaf Berg"]


def test_the_other_names_of_an_entity_are_its_aliases() -> None:
    entity = entity_in(plain(ORGANISATIONS[14]), "United Farm Front")
    assert entity.aliases == ("UFF",)


def test_there_are_at_least_five_hundred_outlets_with_country_and_domain() -> None:
    rows = table("outlets.tsv")
    assert [row["name"] for row in rows if len(row["country"]) != 2 or "." not in row["domain"]] == []
    assert len({row["name"] for row in rows}) >= 500


def test_no_two_outlets_share_a_form() -> None:
    forms = [names.key(f) for row in table("outlets.tsv") for f in {row["name"], *row["aliases"].split("|")} if f]
    per_row = [{names.key(f) for f in (row["name"], *row["aliases"].split("|")) if f} for row in table("outlets.tsv")]
    assert sum(len(keys) for keys in per_row) == len(set(forms))


ODD_TEXTS = [
    "",
    " ",
    "\n\n",
    "A",
    "…",
    "«»",
    "ABC DEF GHI",
    "word " * 400,
    "X " * 400,
    "Müller-",
    "of of of",
    "- - -",
    "@@@",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
@pytest.mark.model
def test_odd_texts_pass(nlp: Language, text: str) -> None:
    extract(Article(text=text, id="odd", language="en"), nlp)


@pytest.mark.model
def test_an_article_gives_its_actors_first(nlp: Language) -> None:
    article = Article(
        title="Ortega ends talks with Borealis Energy",
        text="Peruvian President Luis Ortega ended talks with Borealis Energy on Friday.\n\n"
        "Ortega said the company had broken its word. A spokeswoman for Borealis denied it, El Comercio reported.\n\n"
        "Photo: Ann Moran / Getty Images",
        id="actors",
        language="en",
        published_at=datetime(2025, 3, 7, tzinfo=UTC),
    )
    found = extract(article, nlp)
    ranked = sorted(found.entities, key=lambda e: -e.salience)
    assert ranked[0].name == "Luis Ortega"
    assert ranked[0].salience == 1.0
    assert sorted({e.salience for e in found.entities if e.name in ("Ann Moran", "Getty Images")}) == [0.0]


def test_salience_of_nothing_is_nothing() -> None:
    story = story_of(DOCS[NO_NAMES[0]])
    assert with_salience(story, (), ()) == ()
