"""The administrator's pages of this floor, in Swedish: organisations, recorded acts, the access log.

What the law keeps is read, ended or annulled here, never edited or deleted; all else is changed with a
reason.
"""

from consent.admin import acts, blocks, log, organisations, reviews, stopping, texts

__all__ = ["acts", "blocks", "log", "organisations", "reviews", "stopping", "texts"]
