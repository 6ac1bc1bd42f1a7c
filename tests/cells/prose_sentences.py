import re
sentences = re.split(r'(?<=[.!?])\s+', context.strip())
longest = max(sentences, key=len)
shortest = min((s for s in sentences if s), key=len)
avg = sum(len(s) for s in sentences) / len(sentences)
print(f"{len(sentences)} sentences, average {avg:.1f}")
print("Longest:", longest[:80])
result = (len(sentences), round(avg, 2), longest[:40], shortest)
