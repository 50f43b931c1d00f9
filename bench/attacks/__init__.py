"""Known attacks against the assistant, by three doors, with an honest and an obedient model.

Rule: what counts as success is judged by code of its own, from what the thread holds afterwards,
never by the assistant's word.
"""

from bench.attacks.command import main

__all__ = ["main"]
