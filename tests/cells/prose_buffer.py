buffer = []
for i, chapter in enumerate(context.split("Chapter ")[1:], 1):
    note = llm_query(f"You are on chapter {i}. Known so far: {buffer}. Update with: {chapter[:200]}")
    buffer.append(note)
    print(f"After chapter {i}: {len(buffer)} notes")
final_answer = llm_query("Answer from notes: " + " | ".join(buffer))
result = final_answer
