import re
chapters = re.split(r'(?=Chapter \d+)', context)[1:]
def ask_about(chapter, question):
    return llm_query(f"{question}\n\n{chapter}")
# %%
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    notes = list(pool.map(lambda c: ask_about(c, "Who is here?"), chapters))
print(len(notes))
# %%
result = {i + 1: n for i, n in enumerate(notes)}
