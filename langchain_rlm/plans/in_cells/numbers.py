"""Numbers, amounts and dates of sentences, and which of them are asked for. It runs in the REPL."""

import re


def undated(text):
    """A text without its dates and times."""
    month = r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:r?uary|ch|il|e|y|ust|t|(?:t?em|o)ber)?\b\.?"
    day = r"\b(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b"
    year = r"(?:,?\s+\d{4}\b)?"
    named = day + r"\s+" + month + year + "|" + month + r"\s+" + day + year
    return re.sub(r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}:\d{2}\b|" + named, " ", text)


def unheaded(line):
    """A line without the date or time that it begins with."""
    rest = undated(line[:60]) + line[60:]
    return rest.lstrip(" []()-:,.\u2013") if re.match(r"\W* \W*\s", rest[:60]) and rest.strip(" []()-:,.\u2013") else line


def amounts_in(text):
    """The numbers that a text has beside its dates and times, each with the word behind it; all if it has no others."""
    number = r"(?<![\w.])([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?=\W{0,3}(\w*))"
    found = re.findall(number, undated(text)) or re.findall(number, text)
    return [(float(amount.replace(",", "")), behind.lower()) for amount, behind in found]


def numbers_in(text):
    """The numbers that a text has beside its dates and times."""
    return [amount for amount, behind in amounts_in(text)]


def has_amount(text):
    """Whether a text has a number beside its dates and times."""
    return bool(re.search(r"(?<![\w.])\d", undated(text)))


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


def has_year(text):
    """Whether a text has a year."""
    return bool(moment(text) and moment(text)[0])


def is_dated_only(text):
    """Whether a text has a date or a year, and no other number."""
    others = [number for number in numbers_in(text) if not (number == int(number) and 1000 <= number < 2100)]
    return moment(text) is not None and not others


def dated_of_each():
    """Where most paragraphs have one sentence with a year each: those sentences; nothing where one has several."""
    blocks = [sentences(block) for text in documents() for block in re.split(r"\n[ \t]*\n", text)]
    found = [[line for line in block if has_year(line)] for block in blocks if len(block) > 1]
    once = [lines[0] for lines in found if len(lines) == 1]
    return once if len(once) > 4 and len(once) >= 0.7 * len(found) and max(map(len, found)) == 1 else []


def ages(lines):
    """Of each sentence an age, where some tell it and others a year: in the newest year that the texts have."""
    years = [int(year) for text in documents() for year in re.findall(r"\b(?:1\d|20)\d\d\b", text)]
    dated = [has_year(line) for line in lines]
    if len(lines) < 3 or not years or not any(dated) or all(dated) or not all([alone or numbers_in(line) for line, alone in zip(lines, dated)]):
        return []
    return [max(years) - moment(line)[0] if alone else numbers_in(line)[0] for line, alone in zip(lines, dated)]


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
    """The numbers of each line that are asked for; no model is needed where one alone has a unit of the question, or of all lines."""
    asked, found = [word for word in plain_words(question).split() if is_unit(word)], {}
    asked = asked if any([behind in asked for line in lines for amount, behind in amounts_in(line)]) else common_units(lines)
    named = {line: by_words(line, question) for line in lines if len(numbers_in(line)) > 1}
    # where most lists name what is asked for beside its number, the other lists have none of it
    are_named = len(named) > 3 and len([1 for numbers in named.values() if numbers]) >= 0.6 * len(named)
    for line in lines:
        of_unit = [number for number, behind in amounts_in(line) if behind in asked]
        found[line] = of_unit if len(of_unit) == 1 else named.get(line) or numbers_in(line)
        if are_named and named.get(line) == [] and len(of_unit) != 1:
            found[line] = []
    several = [line for line in lines if len(found[line]) > 1]
    try:
        said = llm_map(several, "Question: " + question + "\n" + task, schema=[float], batch=batch)
    except AnswerError as error:
        said = error.answers
    for line, chosen in zip(several, said):
        found[line] = [number for number in dict.fromkeys(chosen or []) if number in found[line]]
    return [found[line] for line in lines]


def is_unit(word):
    """Whether a word behind a number may be its unit."""
    small = "a an and at by each for from he i in is it of off on or out over per she that the they to up was we were which who with you".split()
    return word.isalpha() and word not in small


def common_units(lines):
    """The unit that one number of nearly each line has, if there is no other such word."""
    of_lines = [[behind for amount, behind in amounts_in(line) if is_unit(behind)] for line in lines]
    units = {unit for units in of_lines for unit in units}
    common = [unit for unit in units if len([1 for units in of_lines if units.count(unit) == 1]) >= max(3, 0.8 * len(lines))]
    return common if len(common) == 1 else []


def by_words(line, question):
    """The number of a list in which the words behind one have more of the question than those behind the others."""
    asked = {stem(word) for word in content_words(question)}
    number = r"(?<![\w.])((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?![\w.]*\d)([^\d,;.]*)"
    found = re.findall(number, undated(line))
    scores = [len(asked & {stem(word) for word in plain_words(behind).split()}) for amount, behind in found]
    best = max(scores, default=0)
    if len(found) < 2 or scores.count(best) != 1:
        return []
    return [float(found[scores.index(best)][0].replace(",", ""))]


def profiles():
    """Of texts in which most paragraphs tell of one thing each: each unit of their numbers with its sentence of each."""
    blocks = [sentences(block) for text in documents() for block in re.split(r"\n[ \t]*\n", text)]
    blocks = [block for block in blocks if len(block) > 2]
    found = {}
    for block in blocks:
        of_block = [(behind, line) for line in block for amount, behind in amounts_in(line) if is_unit(behind)]
        for unit in {behind for behind, line in of_block}:
            lines = [line for behind, line in of_block if behind == unit]
            found.setdefault(unit, []).append(lines[0] if len(lines) == 1 else "")
    return {unit: lines for unit, lines in found.items() if len(lines) >= max(3, 0.6 * len(blocks)) and all(lines)}


def of_profiles(fit):
    """All sentences with the unit of most that fit, where each paragraph that tells of one thing has one; else what fits."""
    units = [behind for line in fit for amount, behind in amounts_in(line)[:1] if behind]
    unit = max(units, key=lambda one: units.count(one)) if units else ""
    return profiles()[unit] if unit in profiles() and 2 * units.count(unit) > len(units) else fit


def more_of(question, values):
    """The place of the value that a question which of some is higher, or the lowest, asks for; nothing where numbers do not tell."""
    asked = question.lower()
    more = re.search(r"\b(?:more|most|(?:high|larg|bigg|tall|long|heavi|great|deep|wid|dear|warm|far|farth)e(?:r|st))\b", asked)
    less = re.search(r"\b(?:less|least|(?:low|small|short|light|few|cheap|narrow|cold|near)e(?:r|st))\b", asked)
    numbers = [amounts_in(value) for value in values]
    # a rank is the higher the lower its number, and a minus may be written in many ways
    unclear = re.search(r"\brank|\bplaced?\b|\bgrades?\b|\bpriority|\bat (?:most|least)\b|\bsecond\b|\bthird\b", asked) or re.search(r"[\u2012-\u2015\u2212]|minus|below", " ".join(values).lower())
    if unclear or bool(more) == bool(less) or not re.search(r"\b(?:which|who|what)\b", asked) or len(numbers) < 2 or any([len(found) != 1 for found in numbers]):
        return None
    told, units = [found[0][0] for found in numbers], {found[0][1] for found in numbers}
    are_years = units == {""} and all([number == int(number) and 1000 <= number < 2100 for number in told])
    best = max(told) if more else min(told)
    if len(units) > 1 or told.count(best) > 1 or (are_years and re.search(r"\b(?:long|short)e(?:r|st)\b", asked)):
        return None
    return told.index(best)
