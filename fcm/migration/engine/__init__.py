"""Pre-copy pass by pass: workloads, stopping rules, throttles, and a whole migration predicted."""
