"""The long text outside the window: corpus, spans, formats."""
