"""Learning in the window: guided courses and drills in a panel beside the page."""
