"""Use cases, one a file; none imports another. The only place where the rooms meet."""
