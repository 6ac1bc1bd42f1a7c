import bisect
times = sorted(l[11:19] for l in context.splitlines())
lo = bisect.bisect_left(times, "09:00:00")
hi = bisect.bisect_right(times, "12:00:00")
result = hi - lo
