import re
pattern = re.compile(r'''
    \b(?P<month>January|February|March|April|October|November)   # month
    \s+
    (?P<day>\d{1,2})            # day
    ,\s+
    (?P<year>\d{4})
''', re.VERBOSE)
dates = [m.groupdict() for m in pattern.finditer(context)]
print(dates)
result = dates
