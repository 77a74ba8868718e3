"""Hides, when a day is closed, every counter that is too small to be kept. Pure: cells in, cells out.

`singles` decides about values of one attribute, `pairs` about combinations of two, `day` brings them into order.
The rules and what they cannot promise are explained in docs/privacy.md.
"""
