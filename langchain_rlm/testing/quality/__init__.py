"""Tasks whose right answers are known by construction, and how an answer to one is scored."""
