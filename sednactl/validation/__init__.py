"""Schema check and rules → findings; one short module a family of rules."""
