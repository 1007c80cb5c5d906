"""What is allowed, who decides, and the record that proves it."""
