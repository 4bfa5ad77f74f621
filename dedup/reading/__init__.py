"""Texts made into what all later stages take: word ids, a byte of marks a word, sentences.

Rule: many texts at once, one pass each; later stages never see letters.
"""
