"""The HTTP service: turns as server-sent events, for pages and programs.

Rule: every call is admitted, bounded and owned before it does anything; see docs/serving.md.
"""

import agent.runtime  # noqa: F401  sets strict checkpoints, before langgraph is imported
