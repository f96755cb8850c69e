"""How values are laid out on lines: tables, lists, and what stands by itself."""
