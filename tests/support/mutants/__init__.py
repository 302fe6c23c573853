"""One careful broker in three styles, the stage on which it plays, and the mistakes that are put into it."""
