"""What no client of the exchange can do: administration, removal, the events to come."""
