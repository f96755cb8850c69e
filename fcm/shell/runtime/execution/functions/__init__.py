"""Functions of scripts: their parameters, how they run, the classes that scripts declare."""
