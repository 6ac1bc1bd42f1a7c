lines = context.strip().split("\n")
errors = [l for l in lines if " ERROR " in l]
print(f"{len(errors)}/{len(lines)} errors ({len(errors)/len(lines):.1%})")
for e in errors[:3]:
    print(e)
result = errors
