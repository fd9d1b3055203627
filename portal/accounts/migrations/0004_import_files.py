import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import consent.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "sort",
                    models.CharField(
                        choices=[("units", "Enheter"), ("users", "Användare"), ("assignments", "Uppdrag")],
                        max_length=12,
                        verbose_name="innehåll",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="filens namn")),
                ("content", consent.encryption.EncryptedTextField(blank=True, editable=True, null=True)),
                ("report", consent.encryption.EncryptedTextField(blank=True, editable=True, null=True)),
                (
                    "uploaded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="uppladdad"
                    ),
                ),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="inläst")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="skäl")),
                ("new_count", models.PositiveIntegerField(default=0, verbose_name="nya")),
                ("changed_count", models.PositiveIntegerField(default=0, verbose_name="ändrade")),
                ("unchanged_count", models.PositiveIntegerField(default=0, verbose_name="oförändrade")),
                ("faulty_count", models.PositiveIntegerField(default=0, verbose_name="fel")),
                (
                    "applied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="inläst av",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uppladdad av",
                    ),
                ),
            ],
            options={
                "verbose_name": "inläsning från fil",
                "verbose_name_plural": "inläsningar från fil",
                "ordering": ("-uploaded_at",),
            },
        ),
    ]
