"""What the cells of plans share. It runs in the REPL, in the sandbox's dialect of Python, over its functions."""

import re


def documents():
    """The texts of the context."""
    return [context] if isinstance(context, str) else list(context)


def records(size):
    """The items of the context: whole documents where they are short; else paragraphs of several lines, or lines."""
    texts = [text for text in documents() if text.strip()]
    if len(texts) > 1 and max([len(text) for text in texts]) <= size:
        return texts
    found = []
    for text in texts:
        blocks = [block.strip() for block in re.split(r"\n[ \t]*\n", text) if block.strip()]
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        of_lines = sorted([block.count("\n") + 1 for block in blocks])
        are_records = len(blocks) > 3 and 1 < of_lines[len(blocks) // 2] <= 8
        found += blocks if are_records and max([len(block) for block in blocks]) <= size else lines
    return found


def usable(answers, count):
    """The answers of a batch that could be had, each with its place, and how many could not."""
    kept = [(place, answer) for place, answer in enumerate(answers) if not isinstance(answer, SubQueryFailure)]
    return kept, count - len(kept)


def told(lacking, of, what):
    """Says what could not be read, or nothing; where nothing at all could, there is no answer."""
    if of and lacking == of:
        raise RuntimeError("None of the " + format(of, ",") + " " + what + " could be read.")
    return " (" + format(lacking, ",") + " of " + format(of, ",") + " " + what + " could not be read.)" if lacking else ""


def plain_words(text):
    """A text as it is compared: small letters and digits, single spaces."""
    return " ".join(re.findall(r"\w+", text.lower()))


def content_words(text):
    """The words of a text that tell what it is about, and its numbers."""
    others = "about been does each from have into many more most much some such than that their them then there these they this those were what when where which whom whose will with would your".split()
    return [word for word in plain_words(text).split() if (len(word) > 3 or word.isdigit()) and word not in others]


def line_with(words, text):
    """The sentence or line of a text that has these words; nothing when it has none."""
    wanted = plain_words(words)
    return next((line for line in sentences(text) if wanted and wanted in plain_words(line)), "")


def sentences(text):
    """The sentences and lines of a text."""
    return [line.strip() for line in re.split(r"(?<=[.!?])\s+|\n", text) if line.strip()]


def is_alone(items, batch):
    """Whether each item is judged by itself: in a batch weak models say the same of all."""
    return batch <= 10 and len(items) <= 100


def labelled(items, task, labels, batch):
    """The label of each item; None where it could not be had."""
    try:
        return llm_map(items, task, labels, batch=1 if is_alone(items, batch) else batch)
    except AnswerError as error:
        return error.answers


def counts_for(question, statement=""):
    """What is asked of an item that may be meant by a question; best by what has to be true of it."""
    if len(statement.split()) > 2:
        return "Does this mean that " + statement.strip(" .") + "?"
    return "Does this count for the question: " + question


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
    return " ".join(statement.split())


def judged(items, question, batch, statement=""):
    """Whether each item fits: yes, no, or None where it could not be judged."""
    statement = unnamed(statement, items)
    said = labelled(items, counts_for(question, statement), ["yes", "no"], batch)
    asserted, words = affirmed(statement)
    if asserted and is_alone(items, batch):
        # weak models say no to what denies: what denies the opposite, in its words, fits
        denial = r"\b(?:not|no|never|none|nobody|nothing|neither|nor|non|without|unable|cannot)\b|n['\u2019]t\b"
        stems = [word[:4] for word in words]
        doubtful = []
        for place, item in enumerate(items):
            has = any([word[:4] in stems for word in plain_words(item).split()])
            if said[place] == "no" and has and re.search(denial, item.lower()):
                doubtful.append(place)
        again = labelled([items[place] for place in doubtful], counts_for(question, asserted), ["yes", "no"], batch)
        for place, answer in zip(doubtful, again):
            said[place] = "yes" if answer == "no" else said[place]
    return said


def fitting(lines, question, batch, statement=""):
    """The lines that fit, and what to say of those that could not be judged."""
    said = judged(lines, question, batch, statement)
    return [line for line, answer in zip(lines, said) if answer == "yes"], told(said.count(None), len(said), "sentences")


def is_of_calendar(word):
    """Whether a word names a month or a day of the week."""
    months = "january february march april may june july august september october november december"
    return word in (months + " monday tuesday wednesday thursday friday saturday sunday").split()


def with_subjects(lines):
    """The lines; those that speak of somebody without a name behind the sentence with which their paragraph begins."""
    first = {}
    for text in documents():
        for block in re.split(r"\n[ \t]*\n", text):
            held = sentences(block)
            first.update({line: held[0] for line in held[1:] if line not in first})
    refers = r"^(?:it|they|this|these|their|its)\b|\b(?:he|she|him|her|his)\b"
    named = r"(?<!^)\b[A-Z][a-z]"
    return [
        first[line] + " " + line if line in first and re.search(refers, line.lower()) and not re.search(named, line) else line
        for line in lines
    ]


def named_in(lines, question):
    """What each line names that answers a question, as it stands there: the whole line where nothing else is found."""
    task = "Question: " + question + "\n\nWhich name in the text answers the question? Copy the name alone."
    shown = with_subjects(lines)
    try:
        said = llm_map(shown, task, batch=1)
    except AnswerError as error:
        said = error.answers
    found = []
    for line, text, answer in zip(lines, shown, said):
        parts = [part.strip(" .\"'") for part in re.split(r",| and |\n", answer or "")]
        held = plain_words(text)
        kept = [part for part in parts if plain_words(part) and plain_words(part) in held]
        new = [part for part in kept if plain_words(part) not in plain_words(question)]
        found.append(new if kept and len(kept) == len(parts) else [line])
    return found


def candidates(question, has, piece):
    """The sentences that have what is compared or added, how many pieces were read for them, how many could not be.

    Where there are few, code finds them all; else sub-models copy those that bear on the question.
    """
    lines = [line for text in documents() for line in sentences(text) if has(line)]
    if len(lines) <= 100:
        return lines, 0, 0
    pieces = chunks(size=piece)
    try:
        quotes, lacking = llm_quotes(question, pieces), 0
    except AnswerError as error:
        quotes = [quote for found in error.answers if found for quote in found]
        lacking = len(error.missing)
    lines = [re.sub(r"\s*\[c\d+\]$", "", quote) for quote in quotes]
    return [line for line in lines if has(line)], lacking, len(pieces)


def numbers_meant(lines, question, task, batch):
    """The numbers of each line that are asked for; no model is needed where one alone has a unit of the question."""
    asked, found = plain_words(question).split(), {}
    for line in lines:
        of_unit = [number for number, behind in amounts_in(line) if behind in asked]
        found[line] = of_unit if len(of_unit) == 1 else numbers_in(line)
    several = [line for line in lines if len(found[line]) > 1]
    try:
        said = llm_map(several, "Question: " + question + "\n" + task, schema=[float], batch=batch)
    except AnswerError as error:
        said = error.answers
    for line, chosen in zip(several, said):
        found[line] = [number for number in chosen or [] if number in found[line]]
    return [found[line] for line in lines]


def telling(lines, words, most):
    """The lines that have the rarest of these words, in any of their forms, up to so many, the best first."""
    wanted = list(dict.fromkeys([stem(word) for word in words]))
    held = [line for line in lines if len(line) < 1_000 and any([word in line.lower() for word in wanted])]
    of_lines = [(line, {stem(word) for word in plain_words(line).split()}) for line in held]
    share = {word: len([1 for line, has in of_lines if word in has]) for word in wanted}
    scored = []
    for line, has in of_lines:
        score = sum([1 / share[word] for word in wanted if word in has])
        if score:
            scored.append((-score, len(scored), line))
    least = 0.2 * min([score for score, place, line in scored], default=0)
    return [line for score, place, line in sorted(scored)[:most] if score <= least]


def stem(word):
    """A word without the end that its forms differ in."""
    return re.sub(r"(?<=\w{3})(?:ings?|ed|ers?|es|(?<!s)s|e)$", "", word)


def mark_of(quote):
    """The mark of a quote that stands in the context; nothing when it does not."""
    try:
        return cite(quote)["mark"]
    except ValueError:
        return ""


def amounts_in(text):
    """The numbers that a text has beside its dates and times, each with the word behind it; all if it has no others."""
    month = r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:r?uary|ch|il|e|y|ust|t|(?:t?em|o)ber)?\b\.?"
    day = r"\b(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b"
    year = r"(?:,?\s+\d{4}\b)?"
    named = day + r"\s+" + month + year + "|" + month + r"\s+" + day + year
    dates = r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}:\d{2}\b|" + named
    number = r"(?<![\w.])([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\W{0,3}(\w*)"
    found = re.findall(number, re.sub(dates, " ", text)) or re.findall(number, text)
    return [(float(amount.replace(",", "")), behind.lower()) for amount, behind in found]


def numbers_in(text):
    """The numbers that a text has beside its dates and times."""
    return [amount for amount, behind in amounts_in(text)]


def as_number(number):
    """A number as a reader writes it."""
    rounded = round(number, 6)
    return f"{int(rounded):,}" if rounded == int(rounded) else f"{rounded:,}"


def moment(text):
    """A date or time as something to compare; None when there is none."""
    months = "jan feb mar apr may jun jul aug sep oct nov dec".split()
    clock = re.search(r"\b(\d{1,2}):(\d{2})\b", text)
    time = (int(clock[1]), int(clock[2])) if clock else (0, 0)
    day = re.search(r"\b(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?\b", text)
    if day:
        return (int(day[1]), int(day[2]), int(day[3] or 0), time)
    named = re.search(r"\b(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:\s+(\d{1,2})(?:st|nd|rd|th)?(?!\d))?,?\s+(?:of\s+)?(\d{4})\b", text, re.IGNORECASE)
    if named:
        return (int(named[4]), months.index(named[2].lower()) + 1, int(named[1] or named[3] or 0), time)
    year = re.search(r"\b(1\d{3}|20\d{2})\b", text)
    month = r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"
    yearless = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?" + month + "|" + month + r"\.?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\b(?!:)", text)
    if yearless:
        name = yearless[2] or yearless[3]
        return (int(year[1]) if year else 0, months.index(name[:3].lower()) + 1, int(yearless[1] or yearless[4]), time)
    if year:
        return (int(year[1]), 0, 0, time)
    return (0, 0, 0, time) if clock else None


def of_age(text):
    """Whether a text has a number, a date or a time."""
    return bool(numbers_in(text) or moment(text))


def is_dated_only(text):
    """Whether a text has a date or a year, and no other number."""
    others = [number for number in numbers_in(text) if not (number == int(number) and 1000 <= number < 2100)]
    return moment(text) is not None and not others


def supporting(answer, notes, question):
    """The marks of the notes that have what an answer says and its question does not; of the first notes if none has."""
    new = set(plain_words(answer).split()) - set(plain_words(question).split())
    telling = [word for word in new if len(word) > 3 or word.isdigit()]
    scored = [(len([word for word in telling if word in plain_words(note).split()]), note) for note in notes]
    best = max([score for score, note in scored], default=0)
    chosen = [note for score, note in scored if score == best and best] or notes[:1]
    marks = [re.findall(r"\[c\d+\]", note) for note in chosen[:3]]
    return "".join(["".join(found) for found in marks])


def concluded(question, groups, size):
    """The answer that these groups of notes give, with the marks of those that it rests on."""
    shown, lines, room = [], [], size
    for group in groups:
        room -= sum([len(note) for note in group])
        if shown and room < 0:
            break
        shown += group
        lines.append("- " + " ".join([unmarked(note) for note in group]))
    asked = (
        "Sentences from a long text, in the order of the text:\n" + "\n".join(lines)
        + "\n\nAnswer the question from these sentences alone, in one short sentence. Where a later sentence changes "
        "what an earlier one says, the later one holds."
    )
    said = llm_query(asked + " If they do not tell, say: The text does not say.\n\nQuestion: " + question).strip()
    if "does not say" in said.lower() and size <= 6000:
        # weak models say so too soon: what they answer without that way out counts if a sentence bears it out
        guess = llm_query(asked + "\n\nQuestion: " + question).strip()
        said = guess if borne_out(guess, shown, question) else said
    if "does not say" in said.lower():
        return "The text does not say."
    return said + " " + supporting(said, shown, question)


def borne_out(answer, notes, question):
    """Whether the sentence that has most of an answer means what the answer says."""
    said = plain_words(answer).split()
    new = set(said) - set(plain_words(question).split())
    new = set([word for word in content_words(answer) if word in new]) or new
    held = [(set(plain_words(unmarked(note)).split()), unmarked(note)) for note in notes]
    scored = [(len(new & words), len(set(said) & words), line) for words, line in held]
    best = max(scored) if scored and new else (0, 0, "")
    return best[0] > 0 and labelled([best[2]], counts_for(question, answer), ["yes", "no"], 1) == ["yes"]


def unmarked(note):
    """A quote without its marks."""
    return re.sub(r"\s*\[c\d+\]", "", note)


def is_about_same(line, before):
    """Whether a sentence goes on about what one before it names."""
    refers = re.search(r"\b(?:this|these|it|its)\b", line.lower())
    if re.match(r"\W*\w+(?: \w+){0,2}[ ,]+[A-Z]", line):
        return bool(refers)
    if not re.search(r"(?<!^)\b[A-Z][a-z]", line):
        return True
    heads = [word.lower() for word in re.findall(r"\b[A-Z][a-z]{3,}", before)]
    of_people = re.search(r"\b(?:he|she|they|him|her|them|his|their)\b", line.lower())
    return bool(refers or of_people or any([word in heads for word in re.findall(r"[a-z]{4,}", line)]))


def in_groups(blocks, best, wanted):
    """The sentences of these blocks that are wanted, and those without which they cannot be understood, once each."""
    groups, have = [], set()
    for block in [block for block in blocks if any([line in best or line in wanted for line in block])]:
        last, best_at, best_before = -2, 0, ""
        for at, line in enumerate(block):
            # what is about the same goes on behind the best ones, up to a sentence about another one, or for eight
            best_at = at if line in best else best_at
            goes_on = best_before and at <= best_at + 8 and is_about_same(line, best_before)
            best_before = line if line in best else best_before if goes_on else ""
            goes_on = bool(best_before)
            if not (goes_on or line in wanted) or plain_words(line) in have:
                continue
            refers = re.match(r"(?:It|He|She|They|This|That|These|Those|His|Her|Its|Their)\b", line)
            if last == at - 1 and (refers or (goes_on and line not in best)):
                groups[-1].append(line)
            else:
                groups.append([block[at - 1], line] if refers and at and plain_words(block[at - 1]) not in have else [line])
            have.update([plain_words(each) for each in groups[-1]])
            last = at
    return groups


def looked_up(question, piece, notes):
    """The answer that stands in few places, with marks."""
    pieces = chunks(size=piece)
    lacking, quotes = 0, []
    rows = [line for text in documents() for line in sentences(text)]
    is_short = notes <= 6000 and len(rows) <= 60
    if not is_short:
        try:
            quotes = llm_quotes(question, pieces)
        except AnswerError as error:
            quotes = [quote for found in error.answers if found for quote in found]
            lacking = len(error.missing)

    # models overlook sentences: those with the rarest words of the question, and with names that quotes bring in, count too
    blocks = [sentences(block) for text in documents() for block in re.split(r"\n[ \t]*\n", text)]
    quoted = {plain_words(quote.rpartition(" [")[0]) for quote in quotes}
    words, names = content_words(question), []
    best = telling(rows, words, 12)
    followed = [line for group in in_groups(blocks, best[:2], set()) for line in group]
    for line in best[:8] + followed + quotes[:10]:
        for name in re.findall(r"(?<![.!?] )(?<!^)\b[A-Z][\w-]+(?: [A-Z][\w-]+)*", line):
            names += [word for word in plain_words(name).split() if word not in words and not is_of_calendar(word)]
    wanted = set(best + telling(rows, list(dict.fromkeys(names))[:12], 8))
    wanted.update([line for line in rows if quoted and plain_words(line) in quoted])
    groups = in_groups(blocks, best[:2], wanted)
    have = {plain_words(line) for group in groups for line in group}
    groups = [[line + " " + mark_of(line) for line in group] for group in groups]
    groups += [[quote] for quote in quotes if plain_words(quote.rpartition(" [")[0]) not in have]
    said = concluded(question, groups, notes) if groups else "The text does not say."
    if said == "The text does not say." and is_short:
        # weak models overlook in a piece what is told in other words, and see it when they are asked of each sentence
        answers = labelled(rows, "Does this answer the question: " + question, ["yes", "no"], 1)
        telling_ones = [[line + " " + mark_of(line)] for line, answer in zip(rows, answers) if answer == "yes"]
        said = concluded(question, telling_ones, notes) if telling_ones else said
    return said + (told(lacking, len(pieces), "pieces") if not is_short else "")
