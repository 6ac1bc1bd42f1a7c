"""Whether items fit a statement, as weak models judge it best: each by itself, and of whom it speaks. It runs in the REPL."""

import re


def is_alone(items, batch):
    """Whether each item is judged by itself: in a batch weak models say the same of all."""
    return batch <= 10 and len(items) <= 100


def labelled(items, task, labels, batch):
    """The label of each item; None where it could not be had."""
    try:
        return llm_map(items, task, labels, batch=1 if is_alone(items, batch) else batch)
    except AnswerError as error:
        return error.answers


def counts_for(question, statement="", means="Does this mean that "):
    """What is asked of an item that may be meant by a question; best by what has to be true of it."""
    if len(statement.split()) > 2:
        return means + statement.strip(" .") + "?"
    return "Does this count for the question: " + question


def as_told(statement):
    """A statement as weak models judge it best: what a thing is or does, not that a thing of a kind is named."""
    said = statement.strip(" .")
    said = re.sub(r"^(an?) ([\w-]+) ([\w ]+?) (is|are) (?:named|listed|mentioned|given)$", r"\1 \3 \4 \2", said)
    said = re.sub(r"^(.+?) costs? (?:some |any )?(?:money|something)$|^the cost of (.+)$", r"this is for \1\2", said)
    if re.search(r"^(?:this|the|a|an)(?: \w+)? (?:(?:is|contains|makes) (?:a |the )?complaint|complains)$|^somebody complains$", said):
        return "the writer is dissatisfied with the service"
    return said


def stated(question):
    """What has to be true of what a question asks for, where its words tell: who or which of some do something."""
    asked = re.sub(r"(?<=\bwho)'s\b", " is", " ".join(question.split()), flags=re.IGNORECASE)
    found = re.search(r"\b(?:(who)|which|what) (?:of the |of these )?(.+?)\?", asked, re.IGNORECASE)
    if not found:
        return ""
    words = found[2].split()
    behind = {"are": "is", "have": "has", "were": "was", "do": "does"}
    if found[1]:
        # "who did Ada invite" does not ask for one who did something
        return "" if words[0] in ("do", "does", "did") else " ".join(["somebody", behind.get(words[0], words[0]), *words[1:]])
    if words[0] in "is are was were do does did has have had can could will would shall should may might must".split():
        return ""
    one = re.sub(r"(?<=[^su])s$", "", re.sub(r"ies$", "y", words[0]))
    does = [behind.get(word, word) for word in words[1:2]]
    small = "always never often also still already all with of in from at on for by to near under who which that whose not".split()
    if one != words[0] and does and does[0] not in small and not is_verb(does[0]):
        does = [third_person(does[0])]
    return " ".join(["a", one, *does, *words[2:]])


def third_person(verb):
    """What one does, in the word for what many do."""
    return re.sub(r"(?<=[^aeiou])y$", "ie", verb) + ("es" if re.search(r"(?:s|x|ch|sh|o)$", verb) else "s")


def whose(statement, question):
    """A statement, or what a question says where that asks who does something and the statement is of what is done."""
    asked = stated(question)
    who = plain_words(subject_of(statement)[0]).split()[-1:]
    of_what = who and who[0] not in ("somebody", "someone", "person") and stem(who[0]) in {stem(word) for word in plain_words(asked).split()}
    return asked if not statement or (of_what and re.search(r"\bwho (?!of |among )", question.lower())) else statement


def affirmed(statement):
    """What a statement denies, and the words behind its denial; nothing where it denies nothing."""
    found = re.search(r"(?:\b(?:not|no|never)|(?<=can)not|n['\u2019]t)\b ?", statement)
    if not found:
        return "", []
    before = statement[: found.start()].rstrip()
    before = before + "n" if before.endswith(" ca") else before[:-1] + "ill" if before.endswith(" wo") else before
    return before + " " + statement[found.end() :], content_words(statement[found.end() :])


def unnamed(statement, items):
    """A statement without the names that the text has, and none of these items: the text as a whole is about them."""
    name = r"(?:\b(in|at|from|to|of|near|by|for|with) )?(?:\b[Tt]he )?\b([A-Z][\w-]+(?: [A-Z][\w-]+)*)('s?(?!\w))?"
    for found in re.finditer(name, statement):
        words = plain_words(found[2])
        if is_of_calendar(words) or not any([found[2] in text for text in documents()]):
            continue
        if not any([word in plain_words(item).split() for item in items for word in words.split()]):
            who = "their" if found[3] else "they"
            if found[1] in ("by", "for", "with"):
                who = found[1] + (" their" if found[3] else " them")
            statement = statement.replace(found[0], "" if found[1] and " " not in who else who)
    place = re.search(r"(?<!spent)(?<!paid) (?:at|in|on|during) (?:the|this|our|their) ([\w-]+)$", statement.strip(" ."))
    begins = [plain_words(" ".join(sentences(text[:1_000])[:2])) for text in documents()[:1]]
    if place and begins and re.search(r"\b" + re.escape(stem(place[1].lower())), begins[0]):
        # what the text begins with, all of it is about
        statement = statement.strip(" .")[: place.start()]
    spent = re.search(r"^money .* (?:for|on) .+?( (?:at|in|during) (?:the|this|our|their) (?:[\w-]+ ){0,2}([\w-]+))$", statement.strip(" ."))
    if spent and not any([re.search(r"\b(?:at|in|during|to|from) (?:[\w-]+ ){0,3}" + re.escape(stem(spent[2].lower())), item.lower()) for item in items]):
        # nor does money go to a place that none of these names as one
        statement = statement.strip(" .")[: -len(spent[1])]
    return " ".join(statement.split())


def subject_of(statement):
    """With what a statement says that somebody or something does it, and the rest; nothing where it names what it means."""
    words = statement.split()
    if words and words[0].lower() in ("somebody", "someone"):
        return words[0], " ".join(words[1:])
    if not words or words[0].lower() not in ("a", "an"):
        return "", statement
    of_others = "with of in from at on for by to who which that whose".split()
    for place in range(2, min(5, len(words) - 1)):
        if words[place] in of_others:
            break
        if is_verb(words[place]):
            return " ".join(words[:place]), " ".join(words[place:])
    return "", statement


def said_of(statement, line, usual, inner, named=""):
    """A statement, of whom or what a sentence speaks: by its name, or he, she or it where it has none."""
    who, rest = subject_of(statement) if len(line) < 2_000 else ("", statement)
    begins = re.match(r"(?:He|She|They)\b", line)
    meant = begins[0].lower() if begins else meant_by(line, usual, inner, who[:1].lower() == "a")
    meant = meant or ("" if named in statement else named)
    return meant + " " + rest if who and meant else statement


def is_denied(line, statement):
    """Whether a sentence says no, not, or never of a word of the statement."""
    words = [re.escape(word[:5]) for word in content_words(statement)]
    if not words or denies(statement) or re.search(r"\b(?:free|safe|empty|closed|lacks?)\b|resistant|proof|less\b", statement):
        return False
    said = r"(?:\b(?:no|not|never|without)|n['\u2019]t)\b(?! only| just)(?: \w+){0,2} (?:" + "|".join(words) + ")"
    return bool(re.search(said, line[:2_000].lower()))


def has_rare(line, lines, statement):
    """Whether a line has a word of the statement that few of the lines have."""
    held = [{stem(word) for word in plain_words(one).split()} for one in lines]
    words = {stem(word) for word in content_words(statement)}
    rare = [word for word in words if 0 < len([1 for has in held if word in has]) <= 0.4 * len(lines)]
    return any([word in {stem(one) for one in plain_words(line).split()} for word in rare])


def of_somebody(statement, items):
    """A statement of somebody, where it is of one whom the items do not name: they tell what he did."""
    words = statement.split()
    does = "bought donated drank earned ate found gave got lost made met ordered paid received saw sold spent took used visited won wrote"
    for place in range(1, min(5, len(words) - 1)):
        if words[place] in does.split() and words[0].lower() not in ("somebody", "someone", "a", "an", "it", "he", "she", "they", "this"):
            who = [stem(word) for word in plain_words(" ".join(words[:place])).split() if word not in ("the", "our", "my", "their")]
            named = [item for item in items if any([word in {stem(one) for one in plain_words(item).split()} for word in who])]
            if 5 * len(named) < len(items):
                return "somebody " + " ".join(words[place:])
    return statement


def about(items, statement):
    """Of each item the sentences about what nearly all items tell of in one among others, else the whole; the statement.

    A statement need not say that it is of an item ("in a hive") where each begins with that word.
    """
    head = r"^[^.!?]{1,40}: "
    begins = [plain_words(found[0]).split() if found else [] for found in [re.match(head, item) for item in items]]
    parts = [sentences(re.sub(head, "", item)) for item in items]
    words = list(dict.fromkeys([stem(word) for word in content_words(statement)]))
    for word in words if len(items) > 4 and min([len(part) for part in parts]) > 1 else []:
        held = [[line for line in part if word in {stem(one) for one in plain_words(line).split()}] for part in parts]
        if len([1 for lines in held if lines]) >= 0.8 * len(items) and sum(map(len, held)) <= 0.5 * sum(map(len, parts)):
            items = [" ".join(lines) if lines else item for item, lines in zip(items, held)]
            break
    place = re.search(r" (?:in|on|at|for|of) (?:an?|the|this|each) (\w+)$", statement)
    if place and len([1 for words in begins if place[1].lower() in words]) >= 0.8 * len(items):
        statement = statement[: place.start()]
    return items, statement


def tasks_of(items, question, statement, names, means="Does this mean that "):
    """What is asked of each item: whether it fits, by the name of whom it tells of."""
    usual, inner, freed = usual_words(), heads(), of_somebody(statement, items)
    # what denies is taken for its opposite where nobody is named
    return [
        counts_for(question, said_of(statement if denies(item) else freed, item, usual, inner, name), means)
        for item, name in zip(items, names)
    ]


def names_meant(items, statement, batch):
    """Of each item the name of whom or what it tells of, where that is what a statement is of; a few names tell."""
    who = subject_of(statement)[0].lower()
    names = spoken_of(items, usual_words()) if who and is_alone(items, batch) else [""] * len(items)
    few = list({name: item for item, name in zip(items, names) if name}.items())[:3]
    return names if few and are_of(few, who) else [""] * len(items)


def several(one):
    """A word for one of a kind, as it stands for several, without its article."""
    word = re.sub(r"^an? ", "", one)
    if word.endswith(("man", "child")):
        return word[:-2] + "en" if word.endswith("man") else word + "ren"
    return re.sub(r"(?<=[^aeiou])y$", "ie", word) + ("es" if re.search(r"(?:s|x|ch|sh)$", word) else "s")


def are_of(few, who):
    """Whether most of these names, each with its text, are of the kind that a statement is of."""
    kind = "people" if who in ("somebody", "someone", "a person") else several(who)
    texts = ["In a text about " + kind + " stands: " + text[:400] for name, text in few]
    sure = sure_of(texts, ["Is " + name + " one of the " + kind + "?" for name, text in few])
    weighed = [one for one in sure if isinstance(one, float)]
    # most names could be of a kind: those that are not are less sure
    return sum(weighed) > 0.7 * len(weighed) if weighed else 2 * sure.count("yes") >= len(sure)


def told_of(items, question, batch, statement, names=None):
    """Whether each item says so: yes, no, or None where it could not be judged."""
    if not is_alone(items, batch):
        return labelled(items, counts_for(question, statement), ["yes", "no"], batch)
    names = names or [""] * len(items)
    tasks = dict(zip(items, tasks_of(items, question, statement, names)))
    sure = dict(zip(tasks, sure_of([unheaded(item) for item in tasks], list(tasks.values()))))
    weighed = [item for item in tasks if isinstance(sure[item], float)]
    if weighed:
        # a word alone counts as much as what is sure
        sure.update({item: 3.0 if one == "yes" else -3.0 for item, one in sure.items() if one in ("yes", "no")})
    # what fits none is taken for fit too soon: those that do are the surer ones
    limit = max(-0.5, min(2.0, between([sure[item] for item in weighed]))) if statement and len(weighed) > 4 else 0.0
    said = [in_words(sure[item], limit) for item in items]
    doubtful = [] if weighed else unusual(items, said, statement)
    if doubtful:
        # what fits without the word that most have counts for the question, too
        for place, answer in zip(doubtful, told_of([items[place] for place in doubtful], question, batch, "")):
            said[place] = answer
    return said


def sure_of(items, tasks):
    """How sure it is that each item fits: the logarithm of yes against no; the word where that is not told, None if nothing is."""
    import math

    try:
        said = llm_map(items, tasks, ["yes", "no"], batch=1, weigh=True)
    except AnswerError as error:
        said = error.answers
    shares = [one[1] if one else None for one in said]
    return [one and (one[0] if share is None else math.log(max(share, 1e-9) / max(1 - share, 1e-9))) for one, share in zip(said, shares)]


def in_words(sure, limit):
    """Yes or no, of what is sure above a limit; None for nothing."""
    return ("yes" if sure > limit else "no") if isinstance(sure, float) else sure


def between(numbers, middle=0.0):
    """The middle between two groups of numbers: each is nearer to the mean of its own group than to the other's.

    Numbers that are all above the middle may be two groups, too, where they are far apart.
    """
    if numbers and min(numbers) > middle and max(numbers) - min(numbers) > 2:
        middle = (min(numbers) + max(numbers)) / 2
    for step in range(20):
        low, high = [one for one in numbers if one <= middle], [one for one in numbers if one > middle]
        if not low or not high:
            return middle
        middle = (sum(low) / len(low) + sum(high) / len(high)) / 2
    return middle


def above(numbers, middle):
    """Above what numbers stand out from those below a middle, which are alike; the middle itself where that is less."""
    low = [one for one in numbers if one <= middle]
    if len(low) < 5:
        return middle
    usual = sorted(low)[len(low) // 2]
    spread = sorted([abs(one - usual) for one in low])[len(low) // 2]
    return min(middle, usual + max(0.8, 3 * spread))


def judged(items, question, batch, statement="", names=None):
    """Whether each item fits: yes, no, or None where it could not be judged; of whom each tells may be known."""
    statement = unnamed(statement, items)
    if not is_alone(items, batch):
        return told_of(items, question, batch, statement)
    statement = as_told(statement)
    names = names or names_meant(items, statement, batch)
    counts = [len(sentences(item)) if name and subject_of(statement)[0] else 0 for item, name in zip(items, names)]
    # where one paragraph of several sentences tells of one, so do shorter ones
    in_steps = [count > (1 if max(counts, default=0) > 2 else 2) for count in counts]
    if any(in_steps):
        of_long = of_paragraphs([[item, name] for item, name, long in zip(items, names, in_steps) if long], question, batch, statement)
        of_short = [[item, name] for item, name, long in zip(items, names, in_steps) if not long]
        of_short = judged([item for item, name in of_short], question, batch, statement, [name for item, name in of_short]) if of_short else []
        return [of_long.pop(0) if long else of_short.pop(0) for long in in_steps]
    items, statement = about(items, statement)
    said = told_of(items, question, batch, statement, names)
    said = ["no" if answer == "yes" and is_denied(item, statement) else answer for item, answer in zip(items, said)]
    asserted, words = affirmed(statement)
    if asserted:
        # weak models say no to what denies: what denies the opposite, in its words, fits
        stems = [word[:4] for word in words]
        doubtful = []
        for place, item in enumerate(items):
            has = any([word[:4] in stems for word in plain_words(item).split()])
            if said[place] == "no" and has and denies(item):
                doubtful.append(place)
        again = told_of([items[place] for place in doubtful], question, batch, asserted, [names[place] for place in doubtful])
        for place, answer in zip(doubtful, again):
            said[place] = "yes" if answer == "no" else said[place]
    return said


def of_paragraphs(items, question, batch, statement):
    """Whether paragraphs, each with the name of whom it tells, fit: those that may, in one sentence or as a whole."""
    texts, names = [item for item, name in items], [name for item, name in items]
    sure = sure_of(texts, tasks_of(texts, question, statement, names, "Does any sentence of this tell that "))
    weighed = [one for one in sure if isinstance(one, float)]
    # what fits none is taken for fit too soon: those that do are the surer ones
    limit = above(weighed, max(0.0, min(2.0, between(weighed)))) if weighed else 0.0
    said = [in_words(one, limit) for one in sure]
    if weighed and max(weighed) > 1.5:
        return said
    left = [item for item, answer in zip(items, said) if answer == "yes"]
    again = told_of([item for item, name in left], question, batch, statement, [name for item, name in left]) if left else []
    left = [item for item, answer in zip(left, again) if answer != "yes"]
    lines = [[line, name, item] for item, name in left for line in sentences(item)] if not weighed else []
    fit = judged([line for line, name, item in lines], question, batch, statement, [name for line, name, item in lines]) if lines else []
    fit = [item for (line, name, item), answer in zip(lines, fit) if answer == "yes"]
    failed = [item for item, name in left if item not in fit]
    return ["no" if answer == "yes" and item in failed else answer for item, answer in zip(texts, said)]


def fitting(lines, question, batch, statement="", names=None):
    """The lines that fit, and what to say of those that could not be judged."""
    said = judged(lines, question, batch, statement, names)
    fit = [line for line, answer in zip(lines, said) if answer == "yes"]
    return fit, told(said.count(None), len(said), "sentences")


def fitting_subjects(lines, question, batch, statement):
    """Whom or what a text of paragraphs on one each tells of that fits, each with its sentence; the other lines, and what to say.

    Nothing fits where paragraphs are not made so, or where what they tell of is not what is asked for.
    """
    who = subject_of(statement)[0].lower()
    subjects = by_subject() if who else {}
    # an entry of a list, and what a paragraph goes on about as "it", is what it is about; of others a few tell
    unsure = [[name, text] for name, text in subjects.items() if entry(text) != name and not re.search(r"\b(?:it|its)\b", text.lower())]
    if 2 * len(unsure) > len(subjects) and not are_of(unsure[-3:], who):
        return {}, lines, ""
    said = judged(list(subjects.values()), question, batch, statement, list(subjects)) if subjects else []
    fit = [name for name, answer in zip(subjects, said) if answer == "yes"]
    if not fit:
        return {}, lines, ""
    words = content_words(statement)
    shown = {name: (telling(sentences(subjects[name]), words, 1) or sentences(subjects[name]))[0] for name in fit}
    held = {line for block in subjects.values() for line in sentences(block)}
    return shown, [line for line in lines if line not in held], told(said.count(None), len(said), "paragraphs")


def unusual(items, said, statement):
    """The places of the few that fit without the word of the statement that most which fit have, and few others."""
    held = [{stem(word) for word in plain_words(item).split()} for item in items]
    fit = [place for place, answer in enumerate(said) if answer == "yes"]
    for word in {stem(word) for word in content_words(statement)} if len(fit) > 4 else []:
        having = [place for place in fit if word in held[place]]
        others = len([1 for has in held if word in has]) - len(having)
        if len(fit) > len(having) >= 0.6 * len(fit) and others <= 0.1 * (len(items) - len(fit)):
            return [place for place in fit if place not in having]
    return []

