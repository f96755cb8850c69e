"""Reports that people send on, as one page of HTML with drawings in it, and as CSV."""
