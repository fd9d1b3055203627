from django.db import migrations

from portal.accounts.groups import make_groups


def make(apps, _schema_editor):
    make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_once"), ("api", "0001_clients")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
