"""Of whom or what a sentence speaks, and which names answer a question. It runs in the REPL."""

import re


def usual_words():
    """The words that stand in small letters in the text, and those with which sentences without a name begin."""
    begins = (
        "a about above after again all along also although among an and another any are around as at be because before behind "
        "below beside best between beyond both but by can could despite did do does during each every few first for from good "
        "had has have he her here his how if in inside is it its just last later least many maybe more most much my near never "
        "next no nobody none not nothing now of often on once one only or our out outside over perhaps please quite same she "
        "since so some somebody soon still such than that the their then there these they this those though three through to "
        "today tomorrow too two under unless until up very via was we well were what when where which while who why will with "
        "within without would yesterday yet you your"
    )
    return set(begins.split() + [word for text in held_texts() for word in re.findall(r"(?<![\w'\u2019-])[a-z]+\b", text)])


def held_texts():
    """The texts of the context; none where their words and paragraphs are too much to hold."""
    return documents() if sum([len(text) for text in documents()]) <= 500_000 else []


def is_unnamed(line, usual):
    """Whether a sentence has no name of its own; the words that stand in small letters in the text are none."""
    for word in re.findall(r"[\w'\u2019-]+", line):
        if word[:1].isupper() and word != "I" and word.lower() not in usual and not is_of_calendar(word.lower()):
            return False
    return True


def meant_by(line, usual, inner, things=True):
    """Whom a sentence without a name of its own speaks of: he, she, they or it; nothing where it does not refer."""
    first = plain_words(line).split()[:1] if any([entry(head) for head in inner.get(line, [])]) else []
    if not is_unnamed(line, usual.union(first)):
        return ""
    found = re.search(r"\b(?:he|she|they|his|her|their" + ("|it|its" if things else "") + r")\b", line.lower())
    if found:
        return {"his": "he", "her": "she", "their": "they", "its": "it"}.get(found[0], found[0])
    # what stands behind the name of an entry is about it, and so is a part of a sentence
    begins = (plain_words(line).split() or ["a"])[0]
    whole = "a an at after all before by during for from in no on since the there this to until when while with"
    return "it" if things and (line in inner or begins not in whole.split()) else ""


def names_in(line, usual):
    """The names of a sentence: runs of words in capitals that the text never has in small letters."""
    names, run = [], []
    for word in [*re.findall(r"(?:Mr|Mrs|Ms|Dr|Prof|St)\.|[\w'\u2019-]+|[^\w\s]", line), "."]:
        bare = re.sub(r"['\u2019]s$", "", word)
        if bare[:1].isupper() and not re.match(r"I(?!\w)", bare) and bare.lower() not in usual and not is_of_calendar(bare.lower()):
            run.append(bare)
        elif run:
            names.append(" ".join(run))
            run = []
    return names


def is_verb(word):
    """Whether a word behind a name may say what he, she or it does or is, by its form; an irregular one only if it is frequent."""
    past = (
        "ate became began bought broke brought built came caught chose cut drank drew drove fed fell felt flew forgot fought found gave "
        "got grew heard held hid hit hurt kept knew laid led left lent lost made meant met paid put ran rang read rode rose said sang sat "
        "saw sent shook shot shut slept sold spent spoke stole stood swam taught thought told took tore went woke won wore wrote"
    ).split()
    verbs = past + "is are was were has have had can cannot could does did do will would must may might shall should needs".split()
    return word in verbs or bool(re.fullmatch(r"\w+(?:[^s]s|ed|n't)", word))


def spoken_of(lines, usual):
    """Of each sentence the name of whom or what it tells of; nothing where that is not sure."""
    named = [names_in(line, usual) for line in lines]
    bare = [re.sub(r"^[\W\d]*(?:The )?", "", line) for line in lines]
    begins = [names[0] if names and line.startswith(names[0]) else "" for line, names in zip(bare, named)]
    inside, titled, does = set(), set(), []
    for line, names, first in zip(bare, named, begins):
        inside.update([name for name in names if re.search(r"[\w,] " + re.escape(name), line)])
        titled.update([name for name in names if re.match(r"(?:Mr|Mrs|Ms|Dr|Prof)\b", name)])
        behind = line[len(first) :]
        if first and (re.match(r"[,:.]|['\u2019]s | (?:and [A-Z]|never|always|also|still|often|usually|once)", behind) or is_verb((re.match(r" ([\w'\u2019]+)", behind) or ["", ""])[1])):
            does.append(first)
    # a word that once begins a sentence need be no name, where others do not begin so
    led = {name for name in begins if name in inside} | titled | {name for name in does if does.count(name) > 1 or len(set(does)) > 3}
    told = []
    for first, names in zip(begins, named):
        others = [name for name in dict.fromkeys(names) if name in led]
        told.append(first if first in led else others[0] if len(others) == 1 else "")
    return told


def by_subject():
    """The paragraphs, or long lines, of which each tells of another one, with its name; none where a text is made otherwise."""
    usual = usual_words()
    for edge in (r"\n[ \t]*\n", r"\n"):
        blocks = [sentences(block) for text in held_texts() for block in re.split(edge, text)]
        blocks = [block for block in blocks if len(block) > 1]
        if len(blocks) > 100:
            # more than are judged one by one
            continue
        firsts = [block[0] for block in blocks]
        found = {}
        for block, name in zip(blocks, spoken_of(firsts, usual)):
            names = list(dict.fromkeys(names_in(block[0], usual)))
            name = name or (names[0] if len(names) == 1 else "")
            if name and len(" ".join(block)) < 2_000:
                found.setdefault(name, []).append(" ".join(block))
        once = {name: told[0] for name, told in found.items() if len(told) == 1}
        if len(once) > 4 and len(once) >= 0.8 * len(blocks):
            return once
    return {}


def heads():
    """Of the lines behind the first one of a paragraph: with what those paragraphs begin that they stand in."""
    behind = {}
    for text in held_texts():
        for block in re.split(r"\n[ \t]*\n", text):
            held = sentences(block)
            for line in held[1:]:
                behind.setdefault(line, []).append(held[0])
    return behind


def within(text):
    """A text without the words with which its sentences begin."""
    return re.sub(r"(?<=[.!?:] )[A-Z][\w'\u2019-]*", "", text)


def entry(text):
    """The name, before a colon or by itself, with which an entry of a list begins; nothing where it begins otherwise."""
    found = re.match(r"([A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*){0,3}(?=\.)|[A-Z][^.!?:]{0,40}(?=:))[.:](?: |$)", text)
    return found[1] if found and found[1] != "No" and not is_of_calendar(found[1].lower()) else ""


def with_subjects(lines):
    """Of each line the texts to be read: where it speaks of somebody without a name, with what its paragraphs begin."""
    behind, usual = heads(), usual_words()
    return [
        [head + " " + line for head in dict.fromkeys(behind[line])] if line in behind and meant_by(line, usual, behind) else [line]
        for line in lines
    ]


def named_once(lines, names):
    """Those lines that have one name alone, that of whom they tell, with it; and the others."""
    usual = usual_words()
    once = {line: name for line, name in zip(lines, names) if name and set(names_in(line, usual)) == {name}}
    return once, [line for line in lines if line not in once]


def named_in(lines, question):
    """What each line names that answers a question, as it stands there: the whole line where nothing else is found."""
    task = "Question: " + question + "\n\nWhich name in the text answers the question? Copy the name alone."
    texts, usual = with_subjects(lines), usual_words()
    of_persons = re.search(r"\bwho(?:se|m)?\b", question.lower())
    entries = [[entry(text) for text in alike] for alike in texts]
    for alike, names in zip(texts, entries):
        for place, text in enumerate(alike):
            # who is asked for may be named behind the colon; what else is capital there begins a sentence
            behind = text[len(names[place]) :] if of_persons else within(text[len(names[place]) :])
            names[place] = names[place] if is_unnamed(behind, usual) else ""
    if lines and len([1 for names in entries if all(names)]) >= 0.8 * len(lines):
        # a list with an entry to each name
        return [[name or line for name in names] for line, names in zip(lines, entries)]
    shown = [(place, text) for place, alike in enumerate(texts) for text in alike]
    try:
        said = llm_map([text for place, text in shown], task, batch=1)
    except AnswerError as error:
        said = error.answers
    found = [[] for line in lines]
    for (place, text), answer in zip(shown, said):
        parts = [part.strip(" .\"'") for part in re.split(r",| and |\n", answer or "")]
        held = plain_words(text)
        kept = [part for part in parts if plain_words(part) and plain_words(part) in held]
        new = [part for part in kept if plain_words(part) not in plain_words(question)]
        found[place] += new if kept and len(kept) == len(parts) else [lines[place]]
    return found


def most_named(question, size, batch, statement=""):
    """Which one the most or fewest items name, where no numbers tell of how many; nothing for other questions."""
    asked = re.search(r"\b(most|fewest) (?:often|frequently|common|frequent|(?:\w+ )?(\w+s))\b", question.lower())
    kind = re.search(r"\bmost (?:common|frequent) (\w+)|\b(?:which|what) (?:of the )?(?!is\b|are\b|was\b)(\w+)|\b(who)\b", question.lower())
    kind = [kind[0], kind[1] or kind[2], kind[3]] if kind else None
    generic = "things items entries messages posts notes times mentions lines".split()
    is_of_some = bool(asked) and bool(asked[2]) and asked[2] not in generic
    # of which items there are most is not known where no statement tells which count
    items = records(size) if asked and kind and (statement or not is_of_some) else []
    told_by = len([1 for item in items if has_amount(re.sub(r"^\W*(?:[A-Za-z]+\.? ?)?\W?\d+\W", "", item))])
    if len(items) < 8 or 2 * told_by > len(items):
        return ""
    if kind[1]:
        name, one = r"([A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*)", "(?i:" + re.escape(kind[1]) + ")"
        found = [re.search(name + " " + one + r"\b|\b" + one + " " + name, item) for item in items]
        named = [(one[1] or one[2]) if one else "" for one in found]
    else:
        found = [re.match(r"(?:\[[^\]]*\]|[\d.:,/ -])*\s*([A-Z][^.!?:(]{0,30}?)(?: \([^)]*\))?: ", item) for item in items]
        named = [one[1] if one else "" for one in found]
    if len([1 for name in named if name]) < 0.8 * len(items):
        # only of a list without numbers, all of whose items begin alike, is each read for a name
        begins = ["0" if re.match(r"\W*\d", item) else plain_words(item).split()[:1] for item in items]
        if told_by or max([begins.count(one) for one in begins]) < 0.8 * len(items):
            return ""
        task = "Question: " + question + "\n\n" + ("Which " + kind[1] if kind[1] else "Who") + " is named here?"
        try:
            said = llm_map(items, task + " Copy the name alone.", batch=1 if is_alone(items, batch) else batch)
        except AnswerError as error:
            said = error.answers
        named = [name.strip(" .") if name and plain_words(name) in plain_words(item) else "" for name, item in zip(said, items)]
    fit = judged(items, question, batch, statement) if is_of_some else ["yes"] * len(items)
    counts = {}
    for name, answer in zip(named, fit):
        if name and answer == "yes":
            counts[name] = counts.get(name, 0) + 1
    if len(counts) < 2:
        return ""
    best = (max if asked[1] == "most" else min)(counts.values())
    of_all = ", ".join([name + ": " + as_number(count) for name, count in sorted(counts.items(), key=lambda pair: -pair[1])[:10]])
    marks = [mark_of(item) for name, item, answer in zip(named, items, fit) if answer == "yes" and counts.get(name) == best][:3]
    said = " and ".join([name for name, count in counts.items() if count == best])
    return said + " (" + of_all + "; of " + as_number(len(items)) + " items) " + "".join(marks)
