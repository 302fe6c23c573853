"""The control surface as an OpenAPI document."""
