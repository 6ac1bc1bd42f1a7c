"""All that are of a kind, as a complete list: people, places, things, events.

Name all persons who own a dog.
statement: a person owns a dog

Which members sing in the choir?
statement: a member sings in the choir

Which shops are closed on Monday?
statement: a shop is closed on Monday

List every medicine that is named.
statement: a medicine is named

Which farmers lost a cow?
statement: a farmer lost a cow

Who was at the meeting? Give all names.
statement: somebody was at the meeting

What are the reasons that are given for the delay?
statement: a reason for the delay is given

Which three streets have no lamps?
statement: a street has no lamps

Which workers live out of town?
statement: a worker lives out of town

Which guests stay for two nights?
statement: a guest stays for two nights

Which cities have a harbour?
statement: a city has a harbour

Which people cannot swim?
statement: a person cannot swim

For the list of prizes: which pupils were never late?
statement: a pupil was never late

Who of them speaks Italian?
statement: somebody speaks Italian

I am afraid of heights. Which of the trails could we walk?
statement: a trail is easy for people who are afraid of heights

We eat no meat. Which inns can we go to? The names are enough.
statement: an inn serves food without meat

My aunt needs a lift. Which of the flats would suit her?
statement: a flat can be reached by lift

I only have Tuesday off. Which dentists could I see?
statement: a dentist works on Tuesday
"""

question: str
statement: str = ""
piece: int
small_piece: int
batch: int
notes: int

lines = list(dict.fromkeys([line for text in documents() for line in sentences(text)]))
rows, lacking, pieces, unread = {}, 0, [], ""
if batch <= 10:
    statement = whose(statement, question)
if statement and batch <= 10:
    subjects, lines, unread = fitting_subjects(lines, question, batch, statement)
    rows.update({(plain_words(name), line): name for name, line in subjects.items()})
if statement and is_alone(lines, batch):
    names = names_meant(lines, statement, batch)
    wanted, unjudged = fitting(lines, question, batch, statement, names)
    once, others = named_once(wanted, [names[lines.index(line)] for line in wanted])
    of_others = dict(zip(others, named_in(others, question)))
    for line in wanted:
        rows.update({(plain_words(name), line): name for name in ([once[line]] if line in once else of_others[line])})
else:
    pieces = chunks(size=small_piece)
    asked = [
        "Question: " + question + "\n\nThis is a part of a longer text. List all that this part names and that could be meant, "
        "also in doubt, each as short as it stands there; an empty list if there is nothing.\n\nText:\n" + piece
        for piece in pieces
    ]
    found, lacking = usable(llm_query_batched(asked, schema=[str], on_error="return"), len(pieces))
    read = {}
    for place, items in found:
        for item in items:
            key = re.sub(r"^(?:the|a|an) ", "", plain_words(item))
            line = line_with(item, pieces[place])
            if key and line and (key, line) not in read:
                read[(key, line)] = item.strip()
    wanted, unjudged = fitting(list(dict.fromkeys([line for key, line in read])), question, batch, statement)
    rows.update({row: item for row, item in read.items() if row[1] in wanted})
named = {}
for (key, line), item in rows.items():
    if key not in named:
        named[key] = "- " + item + " " + mark_of(line)
said = "\n".join(named.values()) + "\n" + format(len(named), ",") + " in all." if named else "The text names none."
if not named and batch <= 10 and statement and not subject_of(statement)[0]:
    # what is asked of one thing is no list
    said = looked_up_or(said, question, piece, notes)
FINAL(said + told(lacking, len(pieces), "pieces") + unjudged + unread)
