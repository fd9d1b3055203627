from django.db import migrations, models

from consent.accesslog.sealed_table import allow_sealing, forbid_sealing


def allow(_apps, schema_editor):
    allow_sealing(schema_editor.connection)


def forbid(_apps, schema_editor):
    forbid_sealing(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_consent_as_work")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(allow, forbid)],
            state_operations=[
                migrations.CreateModel(
                    name="LogCheckpoint",
                    fields=[
                        ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(verbose_name="tid")),
                        ("body", models.TextField()),
                        ("signature", models.BinaryField()),
                    ],
                    options={
                        "managed": False,
                        "verbose_name": "kontrollpunkt",
                        "verbose_name_plural": "kontrollpunkter",
                        "ordering": ("-number",),
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="LogDelivery",
            fields=[
                ("sink", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, max_length=120)),
                ("failed_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "loggleverans", "verbose_name_plural": "loggleveranser"},
        ),
    ]
