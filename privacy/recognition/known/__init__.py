"""Values that the row itself gives, found in its text in any spelling."""
