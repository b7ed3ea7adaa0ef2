"""Requests are found by a word of their title among a million."""

from django.db import migrations

from marketplace.core.text_index import text_index


class Migration(migrations.Migration):
    dependencies = [("quotes", "0001_tables")]
    operations = [text_index("rfq_title_words", "quotes_rfq", "title")]
