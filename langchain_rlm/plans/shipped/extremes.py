"""The most or the least of many: largest, smallest, highest, cheapest, first, last, oldest, newest.

Which bridge is the longest?
which: largest

What was the earliest delivery?
which: first

Which farm sold the most milk?
which: largest

Who is the youngest of the players?
which: smallest
"""

question: str
which: Literal["", "largest", "smallest", "first", "last"] = ""
piece: int
batch: int
notes: int

if not which:
    which = llm_query("Is the largest or smallest number wanted, or the first or last in time?\n\nQuestion: " + question, schema=["largest", "smallest", "first", "last"])
of_time = which in ("first", "last")
what = "date or time" if of_time else "number"
lines, lacking, count = candidates("Which " + what + "s have to be compared? " + question, moment if of_time else numbers_in, piece)
task = "Question: " + question + "\nThe sentence below is one of many. Could it be the answer?"
lines, unjudged = fitting(lines, task, batch)
if of_time:
    keys = [[moment(line)] for line in lines]
else:
    keys = numbers_meant(lines, "Question: " + question + "\nWhich number in this sentence is to be compared?", batch)
rows = [(key[0], line) for key, line in zip(keys, lines) if key]
if rows:
    best = (max if which in ("largest", "last") else min)([key for key, line in rows])
    quotes = [line + " " + mark_of(line) for key, line in rows if key == best]
    said = llm_query("\n".join([line for key, line in rows if key == best]) + "\n\nThis tells of the " + which + ". Answer in one short sentence: " + question)
    said = said.strip() + " " + "".join(re.findall(r"\[c\d+\]", " ".join(quotes))) + " (" + format(len(rows), ",") + " were compared.)"
FINAL((said if rows else "The text has nothing to compare.") + told(lacking, count, "pieces") + unjudged)
