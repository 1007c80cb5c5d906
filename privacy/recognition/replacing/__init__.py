"""What is put in the place of what was found."""
