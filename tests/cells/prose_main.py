import re

def main():
    paragraphs = [p for p in re.split(r'\n{2,}', context) if p.strip()]
    stats = [{"n": i, "words": len(p.split()), "head": p.split('\n')[0][:30]} for i, p in enumerate(paragraphs)]
    total = sum(s["words"] for s in stats)
    print("| n | words | head |")
    print("|---|-------|------|")
    for s in stats:
        print("| {n} | {words} | {head} |".format(**s))
    return total

if __name__ == "__main__":
    result = main()
