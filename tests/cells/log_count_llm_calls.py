calls = 0
def ask(q):
    global calls
    calls += 1
    return llm_query(q)
answers = {l.split("[")[1].split("]")[0]: ask("number: " + l) for l in context.splitlines()[:6]}
print("calls", calls)
result = answers
