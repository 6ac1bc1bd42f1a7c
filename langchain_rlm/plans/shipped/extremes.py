"""The most or the least of many: largest, smallest, highest, cheapest, oldest, newest; or what is first, last, or so at the end.

Which bridge is the longest?
which: largest; statement: a bridge has a length

Where is the black horse in the end?
which: last; statement: the black horse is somewhere

Which farm sold the most milk?
which: most; statement: a farm sold milk

Who was the earliest settler?
which: earliest; statement: somebody settled

Which printer is the cheapest?
which: smallest; statement: a printer has a price

Who is the mayor now?
which: last; statement: somebody became mayor

Whose visit is the latest?
which: latest; statement: somebody paid a visit

At which school is the class smallest?
which: smallest; statement: a school has a class

Which runner needed the least time?
which: least; statement: a runner needed time

Who has scored most goals?
which: most; statement: somebody scored goals

What was the first thing that broke?
which: first; statement: something broke

In which shop is the bread dearest?
which: largest; statement: a shop has a price for bread

Which of the clerks came last?
which: last; statement: a clerk came

Who leads the club at present?
which: last; statement: somebody leads the club

On which day was it coldest?
which: smallest; statement: a day has a temperature

Which of the hills is the highest one?
which: largest; statement: a hill has a height

Who won the race, with the shortest time of all?
which: smallest; statement: somebody ran a race in a time

Which gardener would do it for the least?
which: smallest; statement: a gardener has a price for the work

Who has lived in the village the longest?
which: longest; statement: somebody has lived in the village since a year

Which is the oldest tree in the park?
which: oldest; statement: a tree has an age

Which girl threw the ball the farthest and so won?
which: largest; statement: a girl threw a ball

After all that was moved, in which room is the piano?
which: last; statement: the piano was moved to a room

Where did the parcel end up?
which: last; statement: the parcel is somewhere
"""

question: str
which: Literal["", "largest", "highest", "most", "longest", "smallest", "lowest", "least", "shortest", "first", "earliest", "oldest", "last", "latest", "newest", "youngest"] = ""
statement: str = ""
piece: int
batch: int
notes: int
small_piece: int

# where a sentence says itself what is the most, there is nothing to compare
asked = {stem(word): word for word in content_words(question) if word not in ("called", "name", "named")}
most = [key for key, word in asked.items() if re.search(r"[a-z]{2}est$", word)]
stated = 0
for line in [line for text in documents() for line in sentences(text)] if most and len(asked) > 2 else []:
    has = {stem(word) for word in plain_words(line).split()} if any([word in line.lower() for word in most]) else set()
    stated += any([word in has for word in most]) and len([word for word in asked if word in has]) >= 0.75 * len(asked)
counted = "" if stated else most_named(question, small_piece, batch, statement)
if stated:
    said = looked_up(question, piece, notes)
elif counted:
    said = counted
else:
    if not which:
        which = llm_query("Is the largest or smallest number wanted, or the first or last in time?\n\nQuestion: " + question, schema=["largest", "smallest", "first", "last"])
    means = {"highest": "largest", "most": "largest", "lowest": "smallest", "least": "smallest", "earliest": "first", "latest": "last"}
    which = "last" if re.search(r"\bmost recent", question.lower()) else means.get(which, which)
    of_time = which in ("first", "last", "oldest", "newest", "youngest")
    has = moment if which in ("first", "last") else of_age
    lines, lacking, count = candidates("Which " + ("dates or times" if of_time else "numbers") + " have to be compared? " + question, has, piece)
    statement = re.sub(r"\b(?:the )?(?:first|last|earliest|latest|oldest|newest|youngest|most|least|longest|shortest|largest|biggest|smallest|highest|lowest|cheapest|fastest|before all (?:the )?others)\b(?! time)", "", statement).strip()
    if which in ("oldest", "newest", "youngest"):
        # weak models see an age in "built in 1888", and no date
        statement = re.sub(r"\b(?:has|is given|bears) (?:an? |the )?(?:date|year)\b.*", "has an age", statement)
    told_in = {} if of_time or batch > 10 else profiles()
    # where all of a kind are compared, and one year is told of each
    of_all = re.match(r"(?:an? [\w-]+|somebody) (?:has an age|was (?:built|born|made|founded))", statement) if which in ("oldest", "newest", "youngest") else None
    dated = dated_of_each() if of_all and batch <= 10 else []
    if dated:
        lines, unjudged = dated, ""
    elif len(told_in) > 1:
        # where each paragraph tells the same of one thing, the unit of its number says which sentence is meant
        unit = llm_query("In which unit is the answer told?\n\nQuestion: " + question, schema=list(told_in))
        lines, unjudged = told_in[unit], ""
    else:
        fit, unjudged = fitting(lines, question, batch, statement)
        lines = of_profiles(fit) if fit and not of_time else fit or lines
    aged = ages(lines) if which in ("oldest", "newest", "youngest") else []
    if which in ("oldest", "newest", "youngest"):
        # of years the oldest is the first, of ages the largest
        of_time = not aged and (not lines or 2 * len([line for line in lines if moment(line)]) > len(lines))
        which = "first" if which == "oldest" and of_time else "largest" if which == "oldest" else "last" if of_time else "smallest"
    elif which in ("longest", "shortest"):
        # where nothing but years is told, the longest is the one that began first
        of_time = bool(lines) and 2 * len([line for line in lines if is_dated_only(line)]) > len(lines)
        which = ("first" if of_time else "largest") if which == "longest" else "last" if of_time else "smallest"
    in_order = of_time and not lines
    if in_order:
        # no dates: what is told first or last of the sentences with the most words of the question
        words = content_words(question)
        held = [(len([word for word in words if word in plain_words(line).split()]), line) for text in documents() for line in sentences(text)]
        most = max([count for count, line in held], default=0)
        lines = [line for count, line in held if count == most]
        keys = [[place] for place, line in enumerate(lines)]
    elif aged:
        keys = [[age] for age in aged]
    elif of_time:
        keys = [[moment(line)] if moment(line) else [] for line in lines]
    else:
        keys = numbers_meant(lines, question, "Which number in this sentence is to be compared?", batch)
    rows = [(key[0], line) for key, line in zip(keys, lines) if key]
    if len(rows) > 1 or (rows and in_order):
        best = (max if which in ("largest", "last") else min)([key for key, line in rows])
        quotes = [line + " " + mark_of(line) for key, line in rows if key == best]
        texts = [text for alike in with_subjects([line for key, line in rows if key == best]) for text in alike]
        said = llm_query("\n".join(texts) + "\n\nThis tells of the " + which + ". Answer in one short sentence: " + question)
        said = said.strip() + " " + "".join(re.findall(r"\[c\d+\]", " ".join(quotes))) + " (" + format(len(rows), ",") + " were compared.)"
        said += told(lacking, count, "pieces") + unjudged
    else:
        said = looked_up(question, piece, notes)
FINAL(said)
