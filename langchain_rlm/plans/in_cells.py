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
    if statement:
        return "Does this mean that " + statement.strip(" .") + "?"
    return "Does this count for the question: " + question


def fitting(lines, question, batch, statement=""):
    """The lines that fit, and what to say of those that could not be judged."""
    said = labelled(lines, counts_for(question, statement), ["yes", "no"], batch)
    return [line for line, answer in zip(lines, said) if answer == "yes"], told(said.count(None), len(said), "sentences")


def named_in(lines, question):
    """What each line names that answers a question, as it stands there: the whole line where nothing else is found."""
    task = "Question: " + question + "\n\nWhich name in the text answers the question? Copy the name alone."
    try:
        said = llm_map(lines, task, batch=1)
    except AnswerError as error:
        said = error.answers
    found = []
    for line, answer in zip(lines, said):
        parts = [part.strip(" .\"'") for part in re.split(r",| and |\n", answer or "")]
        held = plain_words(line)
        kept = [part for part in parts if plain_words(part) and plain_words(part) in held]
        found.append(kept if kept and len(kept) == len(parts) else [line])
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
    """The lines that have the rarest of these words, up to so many."""
    of_lines = [(line, set(plain_words(line).split())) for line in lines if len(line) < 1_000]
    share = {word: len([1 for line, has in of_lines if word in has]) for word in words}
    scored = []
    for line, has in of_lines:
        score = sum([1 / share[word] for word in words if word in has])
        if score:
            scored.append((-score, len(scored), line))
    return [line for score, place, line in sorted(scored)[:most]]


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
    if year:
        return (int(year[1]), 0, 0, time)
    return (0, 0, 0, time) if clock else None


def supporting(answer, notes, question):
    """The marks of the notes that have what an answer says and its question does not; of the first notes if none has."""
    new = set(plain_words(answer).split()) - set(plain_words(question).split())
    telling = [word for word in new if len(word) > 3 or word.isdigit()]
    scored = [(len([word for word in telling if word in plain_words(note).split()]), note) for note in notes]
    best = max([score for score, note in scored], default=0)
    chosen = [note for score, note in scored if score == best and best] or notes[:1]
    marks = [re.findall(r"\[c\d+\]", note) for note in chosen[:3]]
    return "".join(["".join(found) for found in marks])


def concluded(question, notes, size):
    """The answer that these notes give, with the marks of those that it rests on."""
    shown, room = [], size
    for note in notes:
        room -= len(note)
        if shown and room < 0:
            break
        shown.append(note)
    lines = [re.sub(r"\s*\[c\d+\]", "", note) for note in shown]
    said = llm_query(
        "Sentences from a long text, in the order of the text:\n" + "\n".join(["- " + line for line in lines])
        + "\n\nAnswer the question from these sentences alone, in one short sentence. Where a later sentence changes "
        "what an earlier one says, the later one holds. If they do not tell, say: The text does not say.\n\n"
        "Question: " + question
    ).strip()
    if "does not say" in said.lower():
        return "The text does not say."
    return said + " " + supporting(said, shown, question)


def looked_up(question, piece, notes):
    """The answer that stands in few places, with marks."""
    pieces = chunks(size=piece)
    lacking = 0
    try:
        quotes = llm_quotes(question, pieces)
    except AnswerError as error:
        quotes = [quote for found in error.answers if found for quote in found]
        lacking = len(error.missing)

    # models overlook sentences: those with the rarest words of the question, and with names that quotes bring in, count too
    rows = [line for text in documents() for line in sentences(text)]
    quoted = {plain_words(quote.rpartition(" [")[0]) for quote in quotes}
    words = [word for word in plain_words(question).split() if len(word) > 3 or word.isdigit()]
    names = []
    for line in telling(rows, words, 8) + quotes[:10]:
        for name in re.findall(r"(?<![.!?] )(?<!^)\b[A-Z][\w-]+(?: [A-Z][\w-]+)*", line):
            names += [word for word in plain_words(name).split() if word not in words]
    wanted = set(telling(rows, words, 12) + telling(rows, list(dict.fromkeys(names))[:12], 8))
    found = [line for line in rows if line in wanted or plain_words(line) in quoted]
    have = {plain_words(line) for line in found}
    found = [line + " " + mark_of(line) for line in dict.fromkeys(found)]
    found += [quote for quote in quotes if plain_words(quote.rpartition(" [")[0]) not in have]
    said = concluded(question, found, notes) if found else "The text does not say."
    return said + told(lacking, len(pieces), "pieces")
