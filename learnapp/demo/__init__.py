"""A committee to try the product on: made by running the product's own services, nothing is written around them.

The people and units are invented. Everything is drawn from a fixed seed; only the ids and the day on which the
three months of history end differ from run to run.
"""

from learnapp.demo.build import build
from learnapp.demo.people import SIGN_INS

__all__ = ["SIGN_INS", "build"]
