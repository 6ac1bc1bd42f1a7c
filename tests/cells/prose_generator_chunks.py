def chunker(text, n):
    for i in range(0, len(text), n):
        yield text[i:i+n]

result = []
for j, c in enumerate(chunker(context, 700)):
    result.append((j, llm_query("How many people are named here? " + c)))
print(result[:2])
