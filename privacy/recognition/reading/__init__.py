"""Reading a text as recognisers read it: one spelling for many, offsets kept."""
