"""The command line: one verb, one file; parsing and printing only."""
