import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

import consent.encryption


def keep_lifted_blocks(apps, _schema_editor):
    """A lift names its block by id, wherever the block is kept."""
    lifts = apps.get_model("consent", "BlockLift").objects
    for lift in lifts.all():
        lifts.filter(pk=lift.pk).update(block_ref=str(lift.block_id))


def begin_first_epoch(apps, _schema_editor):
    apps.get_model("consent", "LogEpoch").objects.create(
        number=1, reason="installation", replayed_at=django.utils.timezone.now()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogEpoch",
            fields=[
                (
                    "number",
                    models.PositiveIntegerField(primary_key=True, serialize=False, verbose_name="nummer"),
                ),
                (
                    "started_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="började"
                    ),
                ),
                ("started_by", models.CharField(blank=True, max_length=32, verbose_name="startad av")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="skäl")),
                ("replayed_at", models.DateTimeField(blank=True, null=True, verbose_name="återläst")),
            ],
            options={
                "verbose_name": "epok",
                "verbose_name_plural": "epoker",
                "ordering": ("-number",),
            },
        ),
        migrations.AddField(
            model_name="blocklift",
            name="block_ref",
            field=models.CharField(default="", max_length=64, verbose_name="spärr"),
            preserve_default=False,
        ),
        migrations.RunPython(keep_lifted_blocks, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="blocklift",
            name="block",
        ),
        migrations.AddField(
            model_name="blocklift",
            name="ground",
            field=models.CharField(
                choices=[
                    ("consent", "Patienten samtycker"),
                    ("need", "Samtycke kan inte inhämtas och uppgifterna kan behövas oundgängligen"),
                ],
                default="consent",
                max_length=8,
                verbose_name="grund",
            ),
        ),
        migrations.AddField(
            model_name="careprovider",
            name="on_call_phone",
            field=models.CharField(
                blank=True, help_text="Svarar dygnet runt.", max_length=40, verbose_name="jourtelefon"
            ),
        ),
        migrations.AddField(
            model_name="careunit",
            name="consent_raised_at",
            field=models.CharField(
                blank=True,
                choices=[
                    ("sol", "SoL-insats börjar"),
                    ("home_care", "Hemsjukvård börjar"),
                    ("care_home", "Flytt till vård- och omsorgsboende"),
                    ("sip", "SIP planeras"),
                    ("visit", "Besök"),
                ],
                help_text="Den som blir patient eller brukare här ska få frågan om samtycke.",
                max_length=12,
                verbose_name="samtycke väcks när",
            ),
        ),
        migrations.AddField(
            model_name="careunit",
            name="on_call_phone",
            field=models.CharField(blank=True, max_length=40, verbose_name="jourtelefon"),
        ),
        migrations.AddField(
            model_name="consent",
            name="form",
            field=models.CharField(
                choices=[("oral", "Muntligt"), ("written", "Skriftligt"), ("digital", "Digitalt")],
                default="oral",
                max_length=8,
                verbose_name="form",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="group_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="grupp av enheter"),
        ),
        migrations.AddField(
            model_name="consent",
            name="raised_at",
            field=models.CharField(
                blank=True,
                choices=[
                    ("sol", "SoL-insats börjar"),
                    ("home_care", "Hemsjukvård börjar"),
                    ("care_home", "Flytt till vård- och omsorgsboende"),
                    ("sip", "SIP planeras"),
                    ("visit", "Besök"),
                ],
                max_length=12,
                verbose_name="väcktes när",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="reconfirms",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.consent",
                verbose_name="bekräftar",
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="is_linked",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="dossier",
            name="linked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="länkat"),
        ),
        migrations.AddField(
            model_name="dossier",
            name="linked_by",
            field=models.CharField(blank=True, max_length=32, verbose_name="länkat av"),
        ),
        migrations.AddField(
            model_name="dossier",
            name="main",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="others",
                to="consent.dossier",
            ),
        ),
        migrations.CreateModel(
            name="InformationText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=12, verbose_name="språk")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=120, verbose_name="rubrik")),
                ("body", models.TextField(verbose_name="text")),
                ("is_current", models.BooleanField(default=True, verbose_name="används")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="registrerat"
                    ),
                ),
            ],
            options={
                "verbose_name": "informationstext",
                "verbose_name_plural": "informationstexter",
                "ordering": ("language", "-version"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("language", "version"), name="one_text_per_language_and_version"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="information",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.informationtext",
                verbose_name="information",
            ),
        ),
        migrations.CreateModel(
            name="LiftRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("provider_id", models.CharField(max_length=32, verbose_name="vårdgivare")),
                ("unit_id", models.CharField(blank=True, max_length=32, verbose_name="enhet")),
                ("employee_id", models.CharField(blank=True, max_length=32, verbose_name="personligt för")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="registrerat"
                    ),
                ),
                ("recorded_by", models.CharField(max_length=32, verbose_name="registrerat av")),
                (
                    "starts_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gäller från"
                    ),
                ),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="gäller till")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="skäl")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="avslutat")),
                ("ended_by", models.CharField(blank=True, max_length=32, verbose_name="avslutat av")),
                ("end_reason", models.CharField(blank=True, max_length=300, verbose_name="skäl för avslut")),
                ("annulled_at", models.DateTimeField(blank=True, null=True, verbose_name="makulerat")),
                ("annulled_by", models.CharField(blank=True, max_length=32, verbose_name="makulerat av")),
                (
                    "annul_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="skäl för makulering"),
                ),
                ("asked_provider_id", models.CharField(max_length=32, verbose_name="tillfrågad vårdgivare")),
                ("block_refs", models.JSONField(default=list, verbose_name="spärrar")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("lifted", "Hävd"), ("declined", "Hävs inte")],
                        max_length=8,
                        verbose_name="svar",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="besvarad")),
                ("answered_by", models.CharField(blank=True, max_length=32, verbose_name="besvarad av")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.dossier",
                        verbose_name="patientakt",
                    ),
                ),
            ],
            options={
                "verbose_name": "begäran om hävning",
                "verbose_name_plural": "begäranden om hävning",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReviewDraw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="månad")),
                ("unit_id", models.CharField(max_length=32, verbose_name="enhet")),
                ("provider_id", models.CharField(max_length=32, verbose_name="vårdgivare")),
                ("view_count", models.PositiveIntegerField(default=0, verbose_name="visningar")),
                ("random_count", models.PositiveIntegerField(default=0, verbose_name="slumpvis utvalda")),
                (
                    "drawn_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="dragen"
                    ),
                ),
            ],
            options={
                "verbose_name": "dragning för loggkontroll",
                "verbose_name_plural": "dragningar för loggkontroll",
                "ordering": ("-month", "unit_id"),
                "constraints": [
                    models.UniqueConstraint(fields=("month", "unit_id"), name="one_draw_per_unit_and_month")
                ],
            },
        ),
        migrations.CreateModel(
            name="SipConsent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("provider_id", models.CharField(max_length=32, verbose_name="vårdgivare")),
                ("unit_id", models.CharField(blank=True, max_length=32, verbose_name="enhet")),
                ("employee_id", models.CharField(blank=True, max_length=32, verbose_name="personligt för")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="registrerat"
                    ),
                ),
                ("recorded_by", models.CharField(max_length=32, verbose_name="registrerat av")),
                (
                    "starts_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gäller från"
                    ),
                ),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="gäller till")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="skäl")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="avslutat")),
                ("ended_by", models.CharField(blank=True, max_length=32, verbose_name="avslutat av")),
                ("end_reason", models.CharField(blank=True, max_length=300, verbose_name="skäl för avslut")),
                ("annulled_at", models.DateTimeField(blank=True, null=True, verbose_name="makulerat")),
                ("annulled_by", models.CharField(blank=True, max_length=32, verbose_name="makulerat av")),
                (
                    "annul_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="skäl för makulering"),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.dossier",
                        verbose_name="patientakt",
                    ),
                ),
            ],
            options={
                "verbose_name": "samtycke till SIP",
                "verbose_name_plural": "samtycken till SIP",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("view_id", models.UUIDField(verbose_name="visning")),
                ("viewed_at", models.DateTimeField(verbose_name="tid")),
                ("user_hsa_id", models.CharField(max_length=32, verbose_name="användare")),
                ("reasons", models.JSONField(default=list, verbose_name="varför")),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("justified", "Motiverad"),
                            ("explained", "Motiverad efter förklaring"),
                            ("unclear", "Går inte att avgöra"),
                            ("unjustified", "Inte motiverad"),
                        ],
                        max_length=12,
                        verbose_name="bedömning",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "Ingen åtgärd"),
                            ("asked", "Medarbetaren tillfrågad"),
                            ("informed", "Påmint om reglerna"),
                            ("reported", "Anmäld till ansvarig chef"),
                            ("incident", "Anmäld som incident"),
                        ],
                        max_length=12,
                        verbose_name="åtgärd",
                    ),
                ),
                (
                    "note",
                    consent.encryption.EncryptedTextField(
                        blank=True, editable=True, null=True, verbose_name="anteckning"
                    ),
                ),
                ("reviewed_by", models.CharField(blank=True, max_length=32, verbose_name="granskad av")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="granskad")),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="consent.reviewdraw",
                        verbose_name="dragning",
                    ),
                ),
            ],
            options={
                "verbose_name": "visning att granska",
                "verbose_name_plural": "visningar att granska",
                "ordering": ("viewed_at",),
                "indexes": [
                    models.Index(fields=["reviewed_at", "viewed_at"], name="consent_rev_reviewe_0a1a7c_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("draw", "view_id"), name="one_item_per_view_and_draw")
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="namn")),
                ("is_active", models.BooleanField(default=True, verbose_name="används")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
                        to="consent.careprovider",
                        verbose_name="tillhör",
                    ),
                ),
                (
                    "units",
                    models.ManyToManyField(
                        related_name="groups", to="consent.careunit", verbose_name="enheter"
                    ),
                ),
            ],
            options={
                "verbose_name": "grupp av enheter",
                "verbose_name_plural": "grupper av enheter",
                "ordering": ("provider__name", "name"),
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "name"), name="one_group_of_a_name")
                ],
            },
        ),
        migrations.RunPython(begin_first_epoch, migrations.RunPython.noop),
    ]
