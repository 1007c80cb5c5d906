"""Figures by district, street and community that add up: the public tree of places."""

from privacy.tiers.tree import Families, Tree, leaf_sums, tree_of

__all__ = ["Families", "Tree", "leaf_sums", "tree_of"]
