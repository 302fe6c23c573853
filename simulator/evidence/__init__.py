"""What happened: the journal of calls, and what people see of it."""
