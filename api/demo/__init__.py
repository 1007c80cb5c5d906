"""The synthetic city and the main job. Everything in it is made up, and says so."""
