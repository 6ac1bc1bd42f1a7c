"""What a text says on a question, found and borne out by its sentences. It runs in the REPL."""

import re


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


def headed(blocks, names):
    """The sentences below headings that have one of these words."""
    found = []
    for place, block in enumerate(blocks):
        if block and len(block[0]) <= 80 and not re.search(r"[.!?:]$", block[0]):
            if any([word in plain_words(block[0]).split() for word in names]):
                found += block[1:] or (blocks[place + 1] if place + 1 < len(blocks) else [])
    return found


def in_steps(question):
    """Who or what a question means by what it does, as a question of its own, and those words; nothing where it means none."""
    found = re.search(r"\b(the (person|man|woman|one|\w+) (who|that|which) ([^,?]+))\?$", question.strip(), re.IGNORECASE)
    begins = question[: found.start()].split() if found else []
    does = begins[-1].lower() in ("does", "do", "did") if begins else False
    if (len(begins) < 3 and not does) or begins[-1].lower() in ("is", "was", "are", "were") or re.search(r"\bnames?\b", " ".join(begins).lower()):
        return "", ""
    asks = "Who" if found[3].lower() == "who" else "Which " + found[2]
    # "where does the man who won live"
    rest = found[4].rpartition(" ")[0] if does else found[4]
    return (asks + " " + rest + "?", found[1][: len(found[1]) - len(found[4]) + len(rest)]) if rest else ("", "")


def found_out(question, piece, notes):
    """The answer that stands in few places, in two steps where a question asks something of one whom it does not name."""
    inner, words = in_steps(question)
    blocks = [sentences(block) for text in documents() for block in re.split(r"\n[ \t]*\n", text)]
    if inner and notes <= 6000 and sum(map(len, blocks)) <= 60:
        said = unmarked(looked_up(inner, piece, notes))
        asked = plain_words(question).split()
        names = dict.fromkeys(re.findall(r"\b[A-Z][\w'-]+(?: [A-Z][\w'-]+)*", said))
        asked += "he she it they the this that these those there a an no yes".split()
        names = [name for name in names if not all([word in asked for word in plain_words(name).split()])]
        if len(names) == 1:
            question = question.replace(words, names[0])
            named = [line for block in blocks for line in block if plain_words(names[0]).split()[-1] in plain_words(line).split()]
            groups = [[line + " " + mark_of(line) for line in group] for group in in_groups(blocks, named, set())]
            said = concluded(question, groups, notes) if groups else "The text does not say."
            return looked_up(question, piece, notes) if said == "The text does not say." else said
    return looked_up(question, piece, notes)


def looked_up_or(said, question, piece, notes):
    """The answer that stands in few places; what is said where there is none."""
    found = looked_up(question, piece, notes)
    return said if found.startswith("The text does not say.") else found


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
