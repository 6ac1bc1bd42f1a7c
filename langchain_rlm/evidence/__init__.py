"""What an answer rests on: spans, coverage, quotes, citations, passages."""
