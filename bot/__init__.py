"""Wires the program together and holds its doors outward."""
