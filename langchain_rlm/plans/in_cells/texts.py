"""The texts of the context: their items, sentences and words. It runs in the REPL, in the sandbox's dialect of Python."""

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
        found += untitled(blocks if are_records and max([len(block) for block in blocks]) <= size else lines)
    return found


def untitled(items):
    """Items without the first one where it is their title, or names their columns.

    Nearly all others begin with a number, a word or a name; or they have numbers, and as many columns as it.
    """
    if len(items) < 6:
        return items

    def alike(marks):
        return marks[0] != marks[1] and len([1 for mark in marks[1:] if mark == marks[1]]) >= 0.9 * (len(marks) - 1)

    begins = ["0" if re.match(r"\W*\d", item) else (plain_words(item).split() or [""])[0] for item in items]
    speaks = [bool(re.match(r"[^.!?]{1,40}: ", item)) for item in items]
    is_usual = begins[1] in "a all an and at but for he i if in it my no nobody on our she the they this we when you".split()
    columns = [[item.count("|") + item.count("\t"), bool(re.search(r"\d", item))] for item in items]
    is_of_columns = alike(columns) and columns[1][0] > 0 and columns[0] == [columns[1][0], False]
    return items[1:] if (alike(begins) and not is_usual) or (alike(speaks) and speaks[1]) or is_of_columns else items


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


def stem(word):
    """A word without the end that its forms differ in."""
    return re.sub(r"(?<=\w{3})(?:ings?|ed|ers?|es|(?<!s)s|e)$", "", word)


def line_with(words, text):
    """The sentence or line of a text that has these words; nothing when it has none."""
    wanted = plain_words(words)
    return next((line for line in sentences(text) if wanted and wanted in plain_words(line)), "")


def sentences(text):
    """The sentences and lines of a text; the dot of a title, or of a number, ends none."""
    # what ends nothing is kept from the split by a mark that no text has
    for title in "Mr. |Mrs. |Ms. |Dr. |St. |Prof. |Rev. |e.g. |i.e. |approx. ".split("|"):
        text = text.replace(title, title[:-1] + "\x00") if title else text
    for digit in "0123456789" if "No. " in text else "":
        text = text.replace("No. " + digit, "No.\x00" + digit)
    return [line.strip().replace("\x00", " ") for line in re.split(r"(?<=[.!?])\s+|\n", text) if line.strip()]


def mark_of(quote):
    """The mark of a quote that stands in the context; nothing when it does not."""
    try:
        return cite(quote)["mark"]
    except ValueError:
        return ""


def unmarked(note):
    """A quote without its marks."""
    return re.sub(r"\s*\[c\d+\]", "", note)


def is_of_calendar(word):
    """Whether a word names a month or a day of the week."""
    months = "january february march april may june july august september october november december"
    days = "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
    return re.sub(r"(?<=day)s$", "", word) in (months + " " + days).split()


def denies(text):
    """Whether a text says of something that it is not so."""
    words = r"\b(?:not|no|never|none|nobody|nothing|neither|nor|non|without|unable|cannot)\b|n['\u2019]t\b"
    return bool(re.search(words, text.lower()))


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
