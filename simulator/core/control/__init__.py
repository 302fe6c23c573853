"""Operations that no client of the exchange can call: administration, removal, and the list of pending events."""
