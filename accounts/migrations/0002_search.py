"""People and organizations are found by a piece of a name or address among a million."""

from django.db import migrations

from marketplace.core.text_index import text_index


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_tables")]
    operations = [
        text_index("user_email_words", "accounts_user", "email"),
        text_index("user_name_words", "accounts_user", "name"),
        text_index("organization_name_words", "accounts_organization", "name"),
    ]
