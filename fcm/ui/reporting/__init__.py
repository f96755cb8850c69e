"""Reports to send on, in the window: made in the background, shown, saved as a page and as CSV."""
