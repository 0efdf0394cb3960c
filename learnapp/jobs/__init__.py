"""What runs without anybody asking: one of the doors. It carries no facts and finds its work in committed rows."""

from learnapp.jobs.awake import start
from learnapp.jobs.sweeper import Swept, run_forever, run_once

__all__ = ["Swept", "run_forever", "run_once", "start"]
