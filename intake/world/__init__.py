"""The training world: invented gangs, people, phones and incidents, the same from the same seed."""

from intake.world.generate import StateWorld, World, world

__all__ = ["StateWorld", "World", "world"]
