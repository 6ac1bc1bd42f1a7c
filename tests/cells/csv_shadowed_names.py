list = [line.split(",") for line in context.splitlines()[1:]]
str = "id " + list[0][0]
sum = 0
for id, *rest in list:
    sum += int(id)
type = llm_query("One word for this: " + str)
# %%
max = sorted([int(row[0]) for row in list])[-1]
answers = llm_query_batched(["yes or no: " + str, type])
result = [len(list), sum, max, str, type, answers]
print(*result, sep=" | ")
