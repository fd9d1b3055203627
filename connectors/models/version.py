"""Which configuration of sources stands: a token that the database itself makes anew with every change."""

from django.db import models


class ConfigurationVersion(models.Model):
    """The one row that triggers write (``connectors.watching``). A token names one content and comes back for
    no other, also where a transaction is undone or a backup restored; without the row nothing is kept."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    token = models.UUIDField(editable=False)

    def __str__(self) -> str:
        return str(self.token)[:8]
