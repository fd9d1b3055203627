from django.db import migrations

from portal.accounts.groups import make_groups


def make(apps, _schema_editor):
    make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_keepers_of_the_directory"),
        ("openfeed", "0001_pushed_records"),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
