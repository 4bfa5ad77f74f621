"""Words and sentences of one text, with offsets into it, and how rare a word is in the language.

Rule: offsets are into the text exactly as it was given, and nothing here knows of a second text.
Text is normalised (NFKC, case folded), classified code point by code point and cut; every word has
an id, u32, that depends on its letters alone.
"""
