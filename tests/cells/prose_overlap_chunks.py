def chunk_text(text, size=400, overlap=50):
    """Split text into overlapping chunks."""
    chunks = []
    start = 0
    while start < len(text):
        end = min(start + size, len(text))
        chunks.append(text[start:end])
        if end == len(text):
            break
        start = end - overlap
    return chunks

parts = chunk_text(context)
print(len(parts), [len(p) for p in parts[:5]])
answers = []
for idx, part in enumerate(parts):
    ans = llm_query(f"Does this text mention a lighthouse? Answer yes or no.\n\n{part}")
    answers.append((idx, ans.strip().rstrip('.').lower() == 'yes'))
hits = [i for i, ok in answers if ok]
result = hits
