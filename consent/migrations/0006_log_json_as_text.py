from django.db import migrations

from consent.accesslog.table import keep_json_as_text


def keep(_apps, schema_editor):
    keep_json_as_text(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("consent", "0005_units_lists")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
