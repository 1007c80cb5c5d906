"""Names: persons, addresses and organisations, by a trained model and by grammars."""
