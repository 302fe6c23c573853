"""The search for the mistake behind a wrong signature."""
