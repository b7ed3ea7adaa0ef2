"""The WSGI application gunicorn serves."""

import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.wsgi import get_wsgi_application

READ_BYTES = 1 << 20


def reading_to_the_end(application: WSGIApplication) -> WSGIApplication:
    """`application`, whose answer begins when the body it was sent is read, used or not.

    A refusal needs no body (no token, a session that ended), and of what is left gunicorn takes
    64 KiB and hangs up: the sender's line breaks while it still sends, and nginx then says 502
    where the application had said 401. At most what nginx lets through is read.
    """

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = application(environ, start_response)
        left = settings.MAX_UPLOAD_BYTES + READ_BYTES
        while left > 0 and (piece := environ["wsgi.input"].read(READ_BYTES)):
            left -= len(piece)
        return answer

    return answered


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = reading_to_the_end(get_wsgi_application())
