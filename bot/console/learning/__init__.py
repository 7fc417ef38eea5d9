"""From corrected messages to training examples, and from unanswered ones to topics that are missing."""
