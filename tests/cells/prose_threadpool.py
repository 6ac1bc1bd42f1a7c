from concurrent.futures import ThreadPoolExecutor

def analyze(chunk):
    prompt = f"List the characters in this passage:\n{chunk}"
    return llm_query(prompt)

chunks = [context[i:i+600] for i in range(0, len(context), 600)]
with ThreadPoolExecutor(max_workers=8) as executor:
    results = list(executor.map(analyze, chunks))
for i, r in enumerate(results):
    print(i, r[:50])
result = results
