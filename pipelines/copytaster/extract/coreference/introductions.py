"""What an article says its people and bodies are, read before any description or pronoun is resolved."""

from __future__ import annotations

from copytaster.extract.coreference.nominals import Nominal
from copytaster.extract.coreference.roles import FORMER, LOWER, Description, role_ending_at
from copytaster.extract.coreference.scene import Scene, is_owner, parties_before
from copytaster.extract.coreference.syntax import Syntax


def collect_ages(scene: Scene) -> None:
    """Reads ages behind names: "Jane Doe, 47, said", "Joe Roe (33)"."""
    syntax, named = scene.syntax, scene.named
    for i in range(1, syntax.size - 2):
        if named[i - 1] < 0 or syntax.lower[i] not in (",", "(") or not syntax.words[i + 1].isdecimal():
            continue
        if syntax.lower[i + 2] in (",", ".", ")") and len(syntax.words[i + 1]) < 3:
            scene.ages.setdefault(named[i - 1], syntax.words[i + 1])


def introduce(scene: Scene) -> None:
    """Finds whom the lead describes before the next sentences name them.

    News tells of "a hacker" in its first sentence, which names nobody, and opens the second or third with "Joe Roe, 29,":
    name and age introduce the one described. The same noun in the headline means the same person.
    """
    syntax = scene.syntax
    blocks = [block for block in scene.story.blocks if block.kind in ("lead", "body")]
    if not blocks:
        return
    begin = scene.story.sentence_at(blocks[0].start)
    people = {h: n for h, n in scene.name_heads.items() if scene.referents[n].kind == "person"}
    first = syntax.token_at(blocks[0].start)
    described: Nominal | None = None
    for i in range(first, syntax.size):
        if syntax.sentences[i] > begin + 2:
            return
        if syntax.sentences[i] == begin:
            if i in people:
                return
            is_party = syntax.deps[i] in ("nsubj", "nsubjpass", "dobj") and is_main(syntax, syntax.heads[i])
            if described is None and is_party:
                found = scene.nominal_at(i)  # "A court has jailed [a former minister]"
                described = found if found is not None and found.noun.kind == "person" else None
        elif i in people and described is not None:
            if is_introduced(scene, described, i):
                scene.introduced[described.head] = people[i]
                for j in range(first):
                    if syntax.lower[j] == described.noun.noun and syntax.pos[j] in ("NOUN", "PROPN"):
                        scene.introduced[j] = people[i]
            return


def is_main(syntax: Syntax, verb: int) -> bool:
    """Whether a verb heads the sentence, or what the sentence reports ahead of its cue: "can carry on, a court ruled"."""
    above = syntax.heads[verb]
    return syntax.deps[verb] == "ROOT" or (
        syntax.deps[verb] == "ccomp" and verb < above and syntax.deps[above] == "ROOT"
    )


def is_introduced(scene: Scene, described: Nominal, name: int) -> bool:
    """Whether the name, a subject with an age, may be that of the one described."""
    who = scene.referents[scene.name_heads[name]]
    genders = {who.gender, described.noun.gender} - {""}
    is_one = described.noun.kind == "person" and not described.is_plural and described.determiner == "indefinite"
    if not is_one or len(genders) > 1 or scene.syntax.role(name) != "subject":
        return False
    if scene.name_heads[name] in scene.ages:
        return True
    # "A federal judge on Tuesday ordered … U.S. District Judge Jane Doe said": the title says the same
    title = title_before(scene, scene.name_starts[name])
    if title is not None:
        return title.noun.noun == described.noun.noun
    # "A journalist has been freed … Jane Doe, bureau chief of": a full name with an apposition opens the next sentence
    start, after, syntax = scene.name_starts[name], name + 1, scene.syntax
    opens = start > 0 and syntax.sentences[start - 1] != syntax.sentences[name]
    is_apposed = after < syntax.size and syntax.lower[after] == "," and name > start
    return opens and is_apposed and syntax.deps[syntax.heads[name]] == "ROOT"


def collect_descriptions(scene: Scene) -> None:
    """Reads the whole story for what it says its named people and bodies are, before any description is resolved.

    Titles ("US President Donald Trump"), appositions ("Maduro, Venezuela's president"; "the spokeswoman, Jane Doe") and
    "is" sentences ("Doe is the chief executive of Acme").
    """
    syntax = scene.syntax
    for head, entity in sorted(scene.name_heads.items()):
        if scene.referents[entity].kind not in ("person", "organisation"):
            continue
        candidates = [c for c in syntax.children[head] if syntax.deps[c] == "appos"]
        above = syntax.heads[head]
        if syntax.deps[head] == "appos":
            candidates.append(above)
        is_copula = syntax.deps[head] == "nsubj" and syntax.lemmas[above] in ("be", "become", "remain")
        if is_copula and not any(syntax.deps[c] == "neg" for c in syntax.children[above]):
            candidates += [c for c in syntax.children[above] if syntax.deps[c] == "attr"]
        start = scene.name_starts[head]
        if scene.referents[entity].kind == "person":
            scene.referents[entity].parties |= parties_before(scene, title_start(scene, start), start)
        described = [title_before(scene, scene.name_starts[head]), *(title_at(scene, c, head) for c in candidates)]
        for found in described:
            if found is None or found.noun.kind != scene.referents[entity].kind:
                continue
            known = scene.referents[entity]
            scene.learn(entity, found)
            if found.noun.gender and not known.gender:
                known.gender = found.noun.gender


def title_at(scene: Scene, at: int, name: int) -> Description | None:
    """The description that a token gives, be it a title before a name or the head of a phrase of its own."""
    syntax = scene.syntax
    if syntax.deps[at] in ("compound", "nmod", "amod") and at < name:
        return None  # read off the words before the name, where the parser's mistakes do no harm
    nominal = scene.nominal_at(at)
    return scene.description_of(nominal) if nominal and not nominal.is_plural else None


def title_start(scene: Scene, first: int) -> int:
    """Where the run of nouns, adjectives and names begins that ends before the token."""
    syntax = scene.syntax
    start = first
    while start > 0 and first - start < 10 and syntax.sentences[start - 1] == syntax.sentences[first]:
        is_part = scene.named[start - 1] >= 0 or syntax.pos[start - 1] in ("ADJ", "NOUN", "PROPN", "PART")
        if not is_part and syntax.lower[start - 1] not in (*FORMER, *LOWER, "-"):
            break
        start -= 1
    return start


def title_before(scene: Scene, name: int) -> Description | None:
    """The description in the words just before a name: "former Venezuelan President [Nicolás Maduro]"."""
    syntax = scene.syntax
    last = name - 1
    if last < 0 or scene.named[last] >= 0 or syntax.sentences[last] != syntax.sentences[name]:
        return None
    found = role_ending_at(syntax.lower, syntax.lemmas, last)
    if found is None:
        return None
    noun, first = found
    start = title_start(scene, first)
    words = set(syntax.lower[start:first])
    owners = {
        scene.referents[scene.refers[i]].owner
        for i in range(start, first)
        if i in scene.refers and is_owner(scene.referents[scene.refers[i]])
    }
    return Description(noun, frozenset(owners), bool(words & FORMER), bool(words & LOWER))
