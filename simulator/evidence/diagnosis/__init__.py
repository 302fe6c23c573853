"""The diagnosis of a refused call: rule, quote, causes, findings."""
