"""Mutation testing: does a test fail when a rule is changed? `make mutate`, hours allowed, not part of `make test`."""
