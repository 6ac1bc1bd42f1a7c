paras = context.split("\n\n")[:3]
answers = list(map(llm_query, [f"Topic of: {p[:100]}" for p in paras]))
kept = list(filter(lambda p: "yes" in llm_query("Is it about the sea, yes or no? " + p).lower(), paras))
result = (answers, len(kept))
