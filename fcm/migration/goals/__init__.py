"""Goals of a live migration, and how its limits are steered towards them; builds on forecast and judging."""
