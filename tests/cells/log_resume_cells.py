state = {"pos": 0, "notes": []}
lines = context.splitlines()
def step(n=5):
    batch = lines[state["pos"]:state["pos"] + n]
    state["pos"] += len(batch)
    if batch:
        state["notes"].append(llm_query("Notes on:\n" + "\n".join(batch)))
    return bool(batch)
step()
# %%
while step():
    pass
print(state["pos"])
# %%
result = state
