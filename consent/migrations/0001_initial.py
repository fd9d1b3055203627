import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import consent.encryption
from consent.accesslog.table import create_table, drop_table


def make_log(_apps, schema_editor):
    create_table(schema_editor.connection)


def drop_log(_apps, schema_editor):
    drop_table(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make_log, drop_log)],
            state_operations=[
                migrations.CreateModel(
                    name="AccessEvent",
                    fields=[
                        ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(verbose_name="tid")),
                        ("event_id", models.UUIDField()),
                        ("view_id", models.UUIDField(null=True)),
                        ("event", models.CharField(max_length=24, verbose_name="händelse")),
                        ("action", models.CharField(blank=True, max_length=16, verbose_name="vy")),
                        ("activity", models.CharField(blank=True, max_length=16, verbose_name="aktivitet")),
                        ("user_hsa_id", models.CharField(max_length=32, verbose_name="användare")),
                        (
                            "assignment_id",
                            models.CharField(blank=True, max_length=64, verbose_name="uppdrag"),
                        ),
                        ("unit_id", models.CharField(blank=True, max_length=32, verbose_name="enhet")),
                        (
                            "unit_name",
                            models.CharField(blank=True, max_length=120, verbose_name="enhetens namn"),
                        ),
                        (
                            "provider_id",
                            models.CharField(blank=True, max_length=32, verbose_name="vårdgivare"),
                        ),
                        ("actor_kind", models.CharField(blank=True, max_length=16, verbose_name="slag")),
                        ("purpose", models.CharField(blank=True, max_length=16, verbose_name="ändamål")),
                        ("patient_sealed", models.BinaryField(null=True)),
                        ("patient_key", models.BinaryField(null=True)),
                        ("key_period", models.CharField(blank=True, max_length=7)),
                        ("kinds", models.JSONField(default=list, verbose_name="uppgifter")),
                        ("origins", models.JSONField(default=list, verbose_name="ursprung")),
                        ("outcomes", models.JSONField(default=dict, verbose_name="källor")),
                        ("bases", models.JSONField(default=list, verbose_name="grund")),
                        ("detail", models.JSONField(default=dict, verbose_name="detaljer")),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="skäl")),
                        ("session_id", models.CharField(blank=True, max_length=64)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
                        ("ip", models.CharField(blank=True, max_length=45)),
                    ],
                    options={
                        "managed": False,
                        "verbose_name": "loggpost",
                        "verbose_name_plural": "åtkomstlogg",
                        "ordering": ("-seq",),
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="Block",
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
                    "kind",
                    models.CharField(
                        choices=[("inner", "Inre"), ("outer", "Yttre")], max_length=8, verbose_name="slag"
                    ),
                ),
                ("first_day", models.DateField(blank=True, null=True, verbose_name="uppgifter från")),
                ("last_day", models.DateField(blank=True, null=True, verbose_name="uppgifter till")),
                (
                    "excluded_types",
                    models.JSONField(blank=True, default=list, verbose_name="undantagna informationstyper"),
                ),
            ],
            options={
                "verbose_name": "spärr",
                "verbose_name_plural": "spärrar",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CareProvider",
            fields=[
                (
                    "hsa_id",
                    models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name="HSA-id"),
                ),
                ("name", models.CharField(max_length=120, verbose_name="namn")),
                (
                    "kind",
                    models.CharField(
                        choices=[("health_care", "Vårdgivare"), ("social_care", "Omsorgsgivare")],
                        max_length=16,
                        verbose_name="slag",
                    ),
                ),
            ],
            options={
                "verbose_name": "vårdgivare eller omsorgsgivare",
                "verbose_name_plural": "vårdgivare och omsorgsgivare",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Dossier",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("lookup", models.BinaryField(max_length=32, unique=True)),
                ("number", consent.encryption.EncryptedTextField(editable=True)),
                (
                    "number_type",
                    models.CharField(
                        choices=[
                            ("personnummer", "personnummer"),
                            ("samordningsnummer", "samordningsnummer"),
                            ("reservnummer", "reservnummer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveBigIntegerField(default=1)),
                ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "patientakt",
                "verbose_name_plural": "patientakter",
            },
        ),
        migrations.CreateModel(
            name="LogKey",
            fields=[
                ("period", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("data_key", models.BinaryField()),
                ("hash_key", models.BinaryField()),
            ],
            options={
                "verbose_name": "loggnyckel",
                "verbose_name_plural": "loggnycklar",
            },
        ),
        # The table is ours from here on, not Django's to empty: rows of the log need their keys.
        migrations.AlterModelOptions(
            name="logkey",
            options={
                "managed": False,
                "verbose_name": "loggnyckel",
                "verbose_name_plural": "loggnycklar",
            },
        ),
        migrations.CreateModel(
            name="CareUnit",
            fields=[
                (
                    "hsa_id",
                    models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name="HSA-id"),
                ),
                ("name", models.CharField(max_length=120, verbose_name="namn")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telefon")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="consent.careprovider",
                        verbose_name="tillhör",
                    ),
                ),
            ],
            options={
                "verbose_name": "enhet",
                "verbose_name_plural": "enheter",
                "ordering": ("provider__name", "name"),
            },
        ),
        migrations.CreateModel(
            name="ConsentRefusal",
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
                "verbose_name": "nekat samtycke",
                "verbose_name_plural": "nekade samtycken",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChildAssessment",
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
                    "ability",
                    models.CharField(
                        choices=[("able", "Ja"), ("unable", "Nej")],
                        max_length=8,
                        verbose_name="barnet kan ta ställning",
                    ),
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
                "verbose_name": "bedömning av barn",
                "verbose_name_plural": "bedömningar av barn",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CareRelation",
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
                    "ground",
                    models.CharField(
                        choices=[
                            ("journal", "Journalsystemet: aktuell patient"),
                            ("attested", "Intygad av användaren"),
                            ("insats", "Har insats"),
                            ("utredning", "Utredning pågår"),
                        ],
                        max_length=12,
                        verbose_name="grund",
                    ),
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
                "verbose_name": "vårdrelation",
                "verbose_name_plural": "vårdrelationer",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BlockLift",
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
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lifts",
                        to="consent.block",
                        verbose_name="spärr",
                    ),
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
                "verbose_name": "hävd spärr",
                "verbose_name_plural": "hävda spärrar",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="block",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.dossier",
                verbose_name="patientakt",
            ),
        ),
        migrations.CreateModel(
            name="EmergencyOpening",
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
                    "is_danger",
                    models.BooleanField(default=False, verbose_name="fara för liv eller allvarlig hälsorisk"),
                ),
                (
                    "obstacle",
                    models.CharField(
                        choices=[
                            ("unconscious", "Medvetslös"),
                            ("too_ill", "För svårt sjuk för att ta ställning"),
                            ("other", "Annat"),
                        ],
                        max_length=12,
                        verbose_name="varför samtycke inte kan inhämtas",
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="öppnad, oundgängligen behövd"),
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
                "verbose_name": "nödöppning",
                "verbose_name_plural": "nödöppningar",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Inability",
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
                ("is_lasting", models.BooleanField(default=True, verbose_name="inte endast tillfälligt")),
                ("is_needed", models.BooleanField(default=False, verbose_name="behövs för nödvändig vård")),
                (
                    "is_attitude_clarified",
                    models.BooleanField(default=False, verbose_name="inställning klarlagd så långt möjligt"),
                ),
                (
                    "is_no_objection_known",
                    models.BooleanField(
                        default=False, verbose_name="inget tyder på att patienten skulle motsätta sig"
                    ),
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
                "verbose_name": "oförmåga att samtycka",
                "verbose_name_plural": "fall av oförmåga att samtycka",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UnitChoice",
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
                ("target_unit_id", models.CharField(max_length=32, verbose_name="vald enhet")),
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
                "verbose_name": "aktivt val",
                "verbose_name_plural": "aktiva val",
                "ordering": ("-recorded_at",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("unit_ids", models.JSONField(default=list, verbose_name="enheter")),
                ("through_interpreter", models.BooleanField(default=False, verbose_name="via tolk")),
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
                "verbose_name": "samtycke",
                "verbose_name_plural": "samtycken",
                "ordering": ("-recorded_at",),
                "abstract": False,
                "indexes": [
                    models.Index(fields=["dossier", "-recorded_at"], name="consent_con_dossier_eb0cf8_idx")
                ],
            },
        ),
    ]
