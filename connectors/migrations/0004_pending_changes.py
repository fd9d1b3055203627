import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import consent.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0003_expected_kinds_in_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PendingChange",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("is_new", models.BooleanField(default=False, verbose_name="ny källa")),
                ("fields", models.JSONField(default=list, verbose_name="ändrar")),
                ("proposal", consent.encryption.EncryptedTextField(blank=True, editable=True, null=True)),
                ("reason", models.CharField(max_length=300, verbose_name="skäl")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Väntar på godkännande av en annan administratör"),
                            ("approved", "Godkänd"),
                            ("rejected", "Avslagen"),
                            ("withdrawn", "Tillbakadragen"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="läge",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="begärd"
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="avgjord")),
                (
                    "decided_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="skäl för avgörandet"),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begärd av",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="avgjord av",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="connectors.source",
                        verbose_name="källa",
                    ),
                ),
            ],
            options={
                "verbose_name": "väntande ändring",
                "verbose_name_plural": "ändringar som ska godkännas",
                "ordering": ("-asked_at",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("source",),
                        name="one_change_waits_per_source",
                    )
                ],
            },
        ),
    ]
