"""The web pages: templates only; the routes fill them."""
