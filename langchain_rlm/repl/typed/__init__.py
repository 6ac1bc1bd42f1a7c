"""Answers with a form: asked for, read from what weak models write, checked, and asked for again.

Pure programs: they yield what is asked and are sent the results, in any sandbox.
"""
