with open("results.json", "w") as f:
    f.write("{}")
result = 1
