"""Sedna's definitions: compared, installed, upgraded; also when the command is killed halfway."""
