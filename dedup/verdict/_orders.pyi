from dedup.verdict._stories import Layout

__all__ = ["arrange"]

def arrange(layout: Layout) -> None: ...
