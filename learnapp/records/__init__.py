"""The study record (学习档案) of a member: what the ledger and the versions of the catalogue say, year by year.

It is computed anew whenever it is asked for and stored nowhere, so it can neither lag behind the ledger nor
differ from it. Every line names its entry and the exact version studied.
"""

from learnapp.records.queries import Measure, Statement, measures, read
from learnapp.records.rules import Correction, Line, Year, study_record

__all__ = ["Correction", "Line", "Measure", "Statement", "Year", "measures", "read", "study_record"]
