"""The rules of the exchange. No HTTP, no YAML, no clock, no random numbers, no logging.

`(world, command, now) -> (world, reply)`, or `Refusal`.
"""
