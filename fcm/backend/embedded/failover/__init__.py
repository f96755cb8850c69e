"""What fails over, where to, and what the policies of groups and resources say."""
