"""The study record (学习档案) on screen, on paper and as files; certificates, and the page that checks them."""

from learnapp.web.records import certificates, files, pages, verify
from learnapp.web.records.blueprint import bp

__all__ = ["bp", "certificates", "files", "pages", "verify"]
