"""The same question to every document of a list, each answered on its own.

Who wrote each letter?

What does every applicant want to earn?

Say for each of the reports which machine it is about.

Which town is described in each chapter?

Give the date of every document.

Which tool is used in each lesson?
"""

question: str
piece: int
notes: int

names = [source["name"] for source in sources]
asked, owners = [], []
for number, text in enumerate(documents()):
    for part in chunks(text, size=piece):
        owners.append(number)
        asked.append("One of several documents:\n" + part + "\n\nQuestion: " + question + "\nAnswer for this document alone, in a few words. Say NOTHING if it does not tell.")
answers = llm_query_batched(asked, on_error="return")
said, lacking = {}, 0
for number, answer in zip(owners, answers):
    if isinstance(answer, SubQueryFailure):
        lacking += 1
    elif plain_words(answer) != "nothing":
        said.setdefault(number, []).append(answer.strip())
rows = []
for number, text in enumerate(documents()):
    found = said.get(number, [])
    mark = ""
    for answer in found:
        line = line_with(answer.strip(" ."), text)
        mark = mark or (mark_of(line) if line else "")
    rows.append("- " + names[number] + ": " + (" / ".join(found) if found else "nothing") + " " + mark)
FINAL("\n".join(rows) + "\n" + format(len(rows), ",") + " documents." + told(lacking, len(asked), "parts"))
