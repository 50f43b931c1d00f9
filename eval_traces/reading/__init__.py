"""Reads recorded runs back: one file into a tree, a folder of them into a list."""
