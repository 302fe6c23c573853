"""The exchange's endpoints as an OpenAPI document."""
