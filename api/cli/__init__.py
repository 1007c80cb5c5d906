"""The command line, one file a command group; each command is thin."""
