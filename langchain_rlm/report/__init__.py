"""A run as a page: its answer, what it rests on, and every step that led to it."""
