"""What stands between a question and its release: binding, pricing, permission, accounts, time."""
