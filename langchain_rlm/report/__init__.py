"""A run as a page: its answer, what it rests on, and every step that led to it."""

from langchain_rlm.journal.record import Recording
from langchain_rlm.report.notebook import repr_html
from langchain_rlm.report.page import render

__all__ = ["Recording", "render", "repr_html"]
