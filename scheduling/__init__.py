"""Wakes the program: a handful of ticks, and the sender that turns owed deliveries into messages."""
