"""Page furniture: what a page sets around its story.

Rule: a sentence is furniture or it is not; what is furniture is never story. In one text it is
told by rules (a table), in many by repetition.
"""
