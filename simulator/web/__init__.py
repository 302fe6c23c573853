"""The wire: bytes -> command, reply or refusal -> bytes."""
