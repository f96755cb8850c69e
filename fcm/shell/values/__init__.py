"""Values and objects, and how they are shown."""
