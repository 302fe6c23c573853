"""Careful brokers of three styles, which play every shipped scenario as real brokers would."""
