"""Surveys: mechanisms, memory, intervals, commands and the page."""
