"""Tests of the drawn photographs."""
