def summarize(text, depth=0):
    if len(text) < 600 or depth >= 2:
        return llm_query(f"Summarize: {text}")
    mid = len(text) // 2
    left, right = summarize(text[:mid], depth + 1), summarize(text[mid:], depth + 1)
    return llm_query(f"Merge:\n1. {left}\n2. {right}")
result = summarize(context)
print(result)
