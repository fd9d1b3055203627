from django.db import migrations

from portal.accounts.groups import make_groups


def make(apps, _schema_editor):
    make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0003_source_pace"),
        ("accounts", "0014_keepers_of_clients"),
        ("storelog", "0001_outbox"),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
