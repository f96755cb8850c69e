"""How things look: theme, icons, words and numbers."""
