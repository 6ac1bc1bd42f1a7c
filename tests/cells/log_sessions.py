users = {}
for line in context.splitlines():
    if "user=" in line:
        user = line.split("user=")[1].split()[0]
        users.setdefault(user, {"first": line[:19], "count": 0})
        users[user]["last"] = line[:19]
        users[user]["count"] += 1
top = sorted(users.items(), key=lambda x: x[1]["count"], reverse=True)
for u, info in top:
    print(f"{u}: {info['count']} ({info['first']} -> {info['last']})")
result = top
