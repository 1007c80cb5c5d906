"""Where people and programs meet the other three rooms."""
