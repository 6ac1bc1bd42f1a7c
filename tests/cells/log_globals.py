summary_count = 3
if "summary_count" not in globals():
    summary_count = 0
if "other" not in locals():
    other = 5
result = (summary_count, other)
