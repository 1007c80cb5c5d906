"""Readers: an extract of any format as batches of text columns, in bounded memory."""
