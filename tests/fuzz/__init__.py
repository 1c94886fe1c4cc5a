"""Requests of peers and files of membership, mutated where they have structure: what comes in is refused or answered.

One seed is so many requests, the same ones on every machine.
"""
