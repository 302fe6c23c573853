"""The exchange's own paths: decoding, performing, spelling, and their OpenAPI document."""
