import re
LOG = re.compile(r'^(?P<date>\d{4}-\d{2}-\d{2}) (?P<time>[\d:]+) (?P<level>[A-Z]+)\s+\[(?P<service>[\w-]+)\] (?P<msg>.*)$', re.MULTILINE)
records = [m.groupdict() for m in LOG.finditer(context)]
print(len(records), records[0])
result = [r for r in records if r['level'] == 'ERROR']
