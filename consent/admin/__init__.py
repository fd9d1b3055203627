"""The administrator's pages of this floor, in Swedish: organisations, recorded acts, the access log.

Acts and log are for reading: what the law keeps is neither changed nor deleted here. This floor knows no
``django.http``, so requests are typed ``Request`` (admin.reading) throughout.
"""

from consent.admin import acts, log, organisations

__all__ = ["acts", "log", "organisations"]
