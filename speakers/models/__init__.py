from speakers.models.organisation import Organisation
from speakers.models.speaker import Speaker

__all__ = ["Organisation", "Speaker"]
