"""The rules of a mentoring program as plain values and functions; no I/O, no clock: `now` is an argument."""
