"""Curves: the convergence plot and what is drawn in it."""
