"""What is measured, and how; `make bench` prints it all."""
