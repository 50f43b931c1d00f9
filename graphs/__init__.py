"""The state machines; handles reach their nodes through LangGraph's runtime context."""
