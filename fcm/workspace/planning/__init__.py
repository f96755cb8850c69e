"""What is planned before it is done: clusters, migrations, drains, rehearsals."""
