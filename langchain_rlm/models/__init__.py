"""Chat-model plumbing: names, calls, failures, prices, the offline model."""
