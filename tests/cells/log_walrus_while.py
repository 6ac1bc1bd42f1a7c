pos = 0
found = []
while (i := context.find("ERROR", pos)) != -1:
    found.append(context[i:context.find("\n", i)])
    pos = i + 1
result = found
