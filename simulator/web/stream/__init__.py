"""Websocket sessions: the protocol, subscriptions, and what is pushed when the world changes."""
