"""Who used power. Every row shares the fate of the act it tells of: same transaction, or neither."""

from learnapp.audit.queries import Event, events
from learnapp.audit.rules import ACTIONS, INSTALLATION, truncate_address
from learnapp.audit.service import forget_words, write

__all__ = ["ACTIONS", "INSTALLATION", "Event", "events", "forget_words", "truncate_address", "write"]
