"""Events in the window: page, queries, table, exports."""
