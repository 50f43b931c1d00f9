"""The check that a body is JSON before it is taken for it."""

from fastapi import Depends, Request

from agent.http.intake import content_type


def _check(request: Request) -> None:
    content_type(request, "application/json")


is_json = Depends(_check)
"""Dependency of calls with a JSON body: Problem 415 where it is of another type."""
