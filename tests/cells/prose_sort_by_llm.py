paras = [p.strip() for p in context.split("\n\n") if p.strip()]
ranked = sorted(paras[:6], key=lambda p: int(llm_query(f"Rate relevance 0-9 of: {p}")), reverse=True)
best = max(paras[:4], key=lambda p: int(llm_query("score " + p)))
result = [p[:30] for p in ranked], best[:30]
