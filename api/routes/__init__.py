"""Routes: HTTP in, one call of a workflow, HTTP out."""
