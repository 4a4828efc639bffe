"""The Beam layer: transforms of the same names as the steps, and the jobs made of them. Thin on purpose."""

from copytaster.beam.transforms import ExtractArticles, ParseArticles, PlanArchive, ReadBlocks, WriteLake

__all__ = ["ExtractArticles", "ParseArticles", "PlanArchive", "ReadBlocks", "WriteLake"]
