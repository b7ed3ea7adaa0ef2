"""Mail: one template of words, sent as plain text and as HTML."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from marketplace.core.request_id import current_request_id

# A name nobody can own (RFC 2606): people who were forgotten, and the test twin's bots.
NOBODY = ".invalid"


@dataclass(frozen=True)
class Letter:
    """A rendered mail. `title` is one line, `text` paragraphs divided by empty lines."""

    title: str
    text: str


def write_letter(template: str, context: dict[str, Any]) -> Letter:
    """Render `templates/<template>.txt`: the first line is the subject, the rest the words.

    The file is plain text: autoescaping is off inside it, and the HTML form escapes every
    paragraph once when it is built.
    """
    rendered = render_to_string(f"{template}.txt", context).strip()
    title, _, text = rendered.partition("\n")
    # A line break in a subject would start a header of its own.
    return Letter(" ".join(title.split())[:200], text.strip())


def send_letter(
    letter: Letter,
    *,
    to: str,
    link: str,
    link_text: str = "Open",
    html: str = "",
    unsubscribe: str = "",
) -> None:
    """Send one mail with its button, none to an address of nobody. Raises what the backend raises.

    `html` takes the place of the letter's own form. `unsubscribe` is an address that ends such
    mails by a POST without any question (RFC 8058), which mail programs offer as a button.
    """
    paragraphs = [part.strip() for part in letter.text.split("\n\n") if part.strip()]
    context = {
        "title": letter.title,
        "paragraphs": paragraphs,
        "link": link,
        "link_text": link_text,
        "site_name": settings.SITE_NAME,
    }
    if to.endswith(NOBODY):
        return
    mail = EmailMultiAlternatives(
        subject=f"[Test] {letter.title}" if settings.TWIN_OF else letter.title,
        body=f"{letter.text}\n\n{link_text}: {link}\n\n{settings.SITE_NAME}\n",
        to=[to],
    )
    if unsubscribe:
        mail.extra_headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Finds the lines of the log that belong to a mail somebody asks about.
    if (request_id := current_request_id()) != "-":
        mail.extra_headers["X-Request-ID"] = request_id
    mail.attach_alternative(html or render_to_string("layouts/email.html", context), "text/html")
    mail.send()
