from django.db import migrations

from portal.accounts.groups import make_groups


def make(apps, _schema_editor):
    make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0001_initial"),
        ("accounts", "0011_last_used"),
        ("consent", "0005_units_lists"),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
