"""Websocket feeds: tokens, topics, and the messages that a change of the world makes. No sockets here."""
