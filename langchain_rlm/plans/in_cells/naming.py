"""Of whom or what a sentence speaks, and which names answer a question. It runs in the REPL."""

import re


def usual_words():
    """The words that stand in small letters in the text, and those with which sentences without a name begin."""
    begins = (
        "a after again all also an and another any are as at be before best both but by can could did do does during each every few "
        "first for from good had has have he her his how if in is it its just last later many more most much my never next no nobody "
        "none not nothing now of often on once one only or our out over quite same she since so some somebody still such than that "
        "the their then there these they this those three to too two under until up very was we well were what when where which "
        "while who why will with without would yet you your"
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
