from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0008_requests_that_switch_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="pendingchange",
            name="added",
            field=models.JSONField(default=list, editable=False),
        ),
    ]
