"""The rules. No HTTP, no YAML, no clock, no chance, no logging.

`(world, command, now) -> (world, reply)`, or `Refusal`.
"""
