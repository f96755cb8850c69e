"""What can be typed next, and what a cmdlet is for."""
