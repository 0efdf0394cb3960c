"""The study record (学习档案) of a member, and certificates from it.

The record is what the ledger and the versions of the catalogue say, year by year: computed anew whenever it is
asked for and stored nowhere, so that it can neither lag behind the ledger nor differ from it. A certificate keeps
the words that stand on its paper and the hash of the entry that it rests on; a code of 130 random bits leads from
the paper to what holds today.
"""

from learnapp.records.certificates import (
    REASON_LENGTH,
    Issued,
    Offer,
    certificate,
    certificates_of,
    forget_certificates,
    issue,
    offers,
    revoke,
    standing_of,
    templates,
)
from learnapp.records.models import Certificate, CertificateCode
from learnapp.records.queries import Measure, Statement, measures, read
from learnapp.records.rules import Correction, Line, Year, measured, study_record
from learnapp.records.standing import LENGTH, Standing, normal, readable
from learnapp.records.templates import Template

__all__ = [
    "LENGTH",
    "REASON_LENGTH",
    "Certificate",
    "CertificateCode",
    "Correction",
    "Issued",
    "Line",
    "Measure",
    "Offer",
    "Standing",
    "Statement",
    "Template",
    "Year",
    "certificate",
    "certificates_of",
    "forget_certificates",
    "issue",
    "measured",
    "measures",
    "normal",
    "offers",
    "read",
    "readable",
    "revoke",
    "standing_of",
    "study_record",
    "templates",
]
