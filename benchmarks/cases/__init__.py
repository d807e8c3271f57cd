"""What is measured: one module per promise. Each gives lines of the table."""
