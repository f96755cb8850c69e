"""What carries out the tree of a script: statements, expressions, pipelines, variables."""
