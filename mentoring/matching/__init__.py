"""Who could learn from whom: hard rules, scores, the exact solver and its explanations.

`model`, `rules`, `scores` and `explain` load nothing heavy; `columns` and `solve` need numpy and OR-Tools and are
meant to be imported in a worker process only.
"""
