"""The calls of the service, a module for each noun; each router is made by a function."""
