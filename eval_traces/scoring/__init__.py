"""Scoring recorded runs: read fast, judged by evaluators, the scores written beside the trace."""
