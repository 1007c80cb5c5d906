"""Privacy: questions, counts, noise, recognition, pseudonyms, the store and the contract."""
