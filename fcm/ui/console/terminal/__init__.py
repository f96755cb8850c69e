"""A terminal: a program behind a pseudo-terminal, its screen by pyte, drawn here."""
