import re
ips = re.findall(r'\b(?:\d{1,3}\.){3}\d{1,3}\b', context)
def ip_key(ip):
    return tuple(int(x) for x in ip.split('.'))
uniq = sorted(set(ips), key=ip_key)
private = [ip for ip in uniq if ip.startswith(('10.', '192.168.'))]
result = (uniq, private)
