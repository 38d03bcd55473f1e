"""What can happen in a program, one function each: load, ask the rules, save, owe deliveries, commit once."""
