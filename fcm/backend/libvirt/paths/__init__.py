"""Whether a destination answers: asked by this computer, or by the source host over ssh."""
