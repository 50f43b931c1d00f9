"""The state machines: the listing graph; handles reach nodes through LangGraph's runtime context."""
