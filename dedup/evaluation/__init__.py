"""How well a scan of one's own dump does, by one's own labelled pairs; where to cut."""

from dedup.evaluation.evaluating import evaluate
from dedup.evaluation.labelled import Evaluation, LabelledPair
from dedup.evaluation.quality import Quality, Share

__all__ = ["Evaluation", "LabelledPair", "Quality", "Share", "evaluate"]
