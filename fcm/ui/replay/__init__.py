"""What is in the window only while a history is shown: the time line under the page, and the dialog Branch Here."""
