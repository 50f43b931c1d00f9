"""Writes the record of a run: the tracer, its spans, what may enter them, and where they go."""
