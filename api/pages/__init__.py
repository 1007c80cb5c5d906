"""The web pages: templates that the routes fill, and the questionnaire that a person takes away."""
