"""Hypothesis without deadlines: a busy machine must not fail a test."""

from hypothesis import settings

settings.register_profile("agentctl", deadline=None, max_examples=60)
settings.load_profile("agentctl")
