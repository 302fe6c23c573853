"""What a scenario stages: faults, logins, expectations."""
