from django.db import migrations, models

from connectors.watching import watch, watch_no_more


def begin(_apps, schema_editor):
    watch(schema_editor.connection)


def end(_apps, schema_editor):
    watch_no_more(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0009_what_a_request_added"),
        ("consent", "0006_log_json_as_text"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConfigurationVersion",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token", models.UUIDField(editable=False)),
            ],
        ),
        migrations.RunPython(begin, end),
    ]
