"""A sum of amounts: numbers that stand in the text are added.

What did the repairs cost altogether?

How many tons were shipped in total?
"""

question: str
small_piece: int

pieces = chunks(size=small_piece)
asked = [
    "Question: " + question + "\n\nThis is a part of a longer text. List each single amount in it that has to be added for "
    "the question, once for each time it occurs, with a few words on what it is for. Leave out all other numbers. An empty "
    "list if there is none.\n\nText:\n" + piece
    for piece in pieces
]
found, lacking = usable(llm_query_batched(asked, schema=[{"what": str, "amount": float}], on_error="return"), len(pieces))
amounts, marks = [], []
for place, rows in found:
    there = numbers_in(pieces[place])
    for row in rows:
        if row["amount"] in there:
            there.remove(row["amount"])
            amounts.append(row["amount"])
            written = [line for line in pieces[place].splitlines() if row["amount"] in numbers_in(line)]
            marks += [mark_of(written[0].strip())] if written and len(marks) < 5 else []
said = as_number(sum(amounts)) + " (" + format(len(amounts), ",") + " amounts: " + " + ".join([as_number(amount) for amount in amounts[:40]]) + (" + ..." if len(amounts) > 40 else "") + ") " + "".join(marks)
FINAL((said if amounts else "The text has no such amount.") + told(lacking, len(pieces), "pieces"))
