rows = [l.split()[:3] for l in context.splitlines()[:4]]
print("%-12s|%10s|%s" % ("date", "time", "level"))
for r in rows:
    print("%-12s|%10s|%s" % tuple(r))
print("=" * 40)
print(f"{'total':.<20}{len(rows):05d} {3.14159:+.2f} {1234567:,} {0.256:.1%} {255:#x}")
result = " | ".join("{:^12}".format(c) for c in rows[0])
