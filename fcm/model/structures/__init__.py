"""How data is held: frozen dataclasses as JSON, mappings that never change, their indexes."""
