"""The live process: holds the sockets of open pages and passes nudges on from Redis.

One event loop; whatever asks the database runs in a small pool of threads. Nothing that is sent
has content: a page that is nudged asks for itself again, and the page's own rights decide.
"""

import asyncio
import json
import logging
import signal
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.db import close_old_connections
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from marketplace.notifications.live.visitors import (
    Visitor,
    allowed_topics,
    identify,
    is_own_origin,
    session_key_in,
)

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
PATH, HEALTH = "/ws/", "/livez"
INBOX = "inbox"
# What a nudge says: something changed, or something may have and there is no hurry.
CHANGED, MISSED = "changed", "missed"
# A person with more open pages than this reloads the rest by hand.
MOST_SOCKETS_OF_A_PERSON = 12
MOST_SOCKETS = 5000
MOST_TOPICS = 12
# A page sends one message when it opens and one when its topics change.
MOST_MESSAGES, MESSAGES_SECONDS = 20, 60.0
MOST_BYTES = 2048
# What is remembered for pages that are still opening: so many threads, each for one organization.
MOST_REMEMBERED = 10_000
LONGEST_AGE_MS = 3_600_000
THREADS = 4
# A session that ended loses its socket, and a right its topic, within this time; in seconds.
RECHECK_SECONDS = 30.0
# How long Redis is left alone after it went away, at first and at most.
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0
PATIENCE_SECONDS = 10.0
# Close codes of our own (4000 and up are free for applications).
SIGNED_OUT, BAD_MESSAGE = 4401, 4400


class Socket(ServerConnection):
    """One open page, its visitor, and the topics it watches: thread -> topic."""

    visitor: Visitor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watched: dict[str, str] = {}
        self.heard: deque[float] = deque(maxlen=MOST_MESSAGES)

    def is_too_loud(self) -> bool:
        """Whether this message is one too many of the last minute."""
        now = time.monotonic()
        loud = len(self.heard) == MOST_MESSAGES and now - self.heard[0] < MESSAGES_SECONDS
        self.heard.append(now)
        return loud


class LiveServer:
    """Sockets by what they listen to, and the loops that feed and check them."""

    def __init__(self, recheck_seconds: float = RECHECK_SECONDS) -> None:
        self.recheck_seconds = recheck_seconds
        self.sockets: set[Socket] = set()
        self.of_person: Counter[str] = Counter()
        # (thread, organization) -> when a nudge for it last came by, oldest first; monotonic s.
        self.latest: OrderedDict[tuple[str, str], float] = OrderedDict()
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")

    async def run(self, host: str, port: int) -> None:
        """Serve until SIGTERM or SIGINT."""
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with self.serving(host, port):
            loops = [asyncio.create_task(self.listen()), asyncio.create_task(self.recheck())]
            await ended.wait()
            for loop in loops:
                loop.cancel()
        self.pool.shutdown(wait=False, cancel_futures=True)

    def serving(self, host: str, port: int) -> AbstractAsyncContextManager[Server]:
        """The listening server; small messages, no compression, dead peers found in 40 s."""
        return serve(
            self.handle,  # type: ignore[arg-type]
            host,
            port,
            process_request=self.admit,  # type: ignore[arg-type]
            create_connection=Socket,
            max_size=MOST_BYTES,
            max_queue=4,
            compression=None,
            server_header=None,
            ping_interval=20,
            ping_timeout=20,
        )

    async def _ask(self, question: Callable[..., Answer], *args: Any) -> Answer:
        def asked() -> Answer:
            close_old_connections()
            try:
                return question(*args)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self.pool, asked)

    # --- at the door
    async def admit(self, socket: Socket, request: Request) -> Response | None:
        """None lets the handshake go on; a response refuses it."""
        path = request.path.partition("?")[0]
        if path == HEALTH:
            return socket.respond(HTTPStatus.OK, "ok\n")
        if path != PATH:
            return socket.respond(HTTPStatus.NOT_FOUND, "There is nothing here.\n")
        headers = request.headers
        origin, host = headers.get("Origin", ""), headers.get("Host", "")
        if not is_own_origin(origin, host):
            return socket.respond(HTTPStatus.FORBIDDEN, "Not from this page.\n")
        key = session_key_in(headers.get("Cookie", ""))
        visitor = await self._ask(identify, key) if key else None
        if visitor is None:
            return socket.respond(HTTPStatus.UNAUTHORIZED, "Sign in first.\n")
        full = len(self.sockets) >= MOST_SOCKETS
        if full or self.of_person[visitor.person] >= MOST_SOCKETS_OF_A_PERSON:
            return socket.respond(HTTPStatus.TOO_MANY_REQUESTS, "Too many open pages.\n")
        socket.visitor = visitor
        return None

    # --- one page
    async def handle(self, socket: Socket) -> None:
        """Listen to one page until it closes."""
        person = socket.visitor.person
        self.sockets.add(socket)
        self.of_person[person] += 1
        if self.of_person[person] > MOST_SOCKETS_OF_A_PERSON:  # several came at the same moment
            await socket.close(CloseCode.TRY_AGAIN_LATER, "too many open pages")
        try:
            async for message in socket:
                if socket.is_too_loud() or not await self.hear(socket, message):
                    await socket.close(BAD_MESSAGE, "not understood")
                    return
        except ConnectionClosed:
            return
        finally:
            self.sockets.discard(socket)
            self.of_person[person] -= 1
            self.of_person += Counter()  # drops those that reached zero

    async def hear(self, socket: Socket, message: str | bytes) -> bool:
        """Take `{"watch": [topic, ...], "age_ms": number}`; answer with those that are allowed.

        `age_ms` is how long ago what the page shows was asked for. A topic that changed since is
        nudged at once, so that nothing falls between the rendering and the watching. False for
        junk.
        """
        heard = time.monotonic()
        said = _said_in(message)
        if said is None:
            return False
        topics, age_ms = said
        visitor = await self._ask(identify, socket.visitor.session_key)
        if visitor is None or visitor.person != socket.visitor.person:
            await socket.close(SIGNED_OUT, "signed out")
            return True
        socket.visitor = visitor
        allowed = await self._ask(allowed_topics, visitor, topics)
        socket.watched = _by_thread(allowed)
        await socket.send(json.dumps({"watching": allowed}))
        shown = heard - age_ms / 1000
        for thread, topic in socket.watched.items():
            if self.latest.get((thread, visitor.organization), shown) > shown:
                _nudge([socket], topic)
        return True

    async def recheck(self) -> None:
        """Every half minute: is each still signed in, and may it still watch what it watches?"""
        while True:
            await asyncio.sleep(self.recheck_seconds)
            for socket in list(self.sockets):
                try:
                    await self._recheck(socket)
                except ConnectionClosed:
                    continue
                except Exception:
                    # The database is away: asked again at the next round, and pages ask as well.
                    logger.exception("A socket could not be checked.")

    async def _recheck(self, socket: Socket) -> None:
        visitor = await self._ask(identify, socket.visitor.session_key)
        if visitor is None or visitor.person != socket.visitor.person:
            await socket.close(SIGNED_OUT, "signed out")
            return
        socket.visitor = visitor
        watched = list(socket.watched.values())
        socket.watched = _by_thread(await self._ask(allowed_topics, visitor, watched))

    # --- nudges
    async def listen(self) -> None:
        """Pass on what Redis says, for ever; while it is away pages simply hear nothing."""
        pause, missed = PAUSE_SECONDS, False
        while True:
            try:
                async with _redis() as client, client.pubsub() as channel:
                    await channel.subscribe(settings.LIVE_CHANNEL)
                    if missed:
                        self.nudge_everybody()
                    pause, missed = PAUSE_SECONDS, False
                    await self._follow(channel)
            except (RedisError, OSError) as error:
                logger.warning("Redis is away (%s); asked again in %.1f s.", error, pause)
                missed = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _follow(self, channel: PubSub) -> None:
        """Until the connection breaks, or says nothing although it was asked to."""
        asked = False
        while True:
            message = await channel.get_message(timeout=PATIENCE_SECONDS)
            if message is not None:
                asked = False
                if message["type"] == "message":
                    self.pass_on(message["data"])
            elif asked:
                raise TimeoutError("it does not answer")
            else:
                asked = True
                await channel.ping()

    def pass_on(self, data: bytes) -> None:
        """Nudge the pages one announcement is for."""
        try:
            nudge = json.loads(data)
            if nudge.get("missed"):
                self.nudge_everybody()
                return
            thread, seen_by, people = nudge["thread"], set(nudge["seen_by"]), set(nudge["people"])
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.warning("An announcement could not be read.")
            return
        self._remember(thread, seen_by)
        if people:
            _nudge((s for s in self.sockets if s.visitor.person in people), INBOX)
        watching = [
            s for s in self.sockets if thread in s.watched and s.visitor.organization in seen_by
        ]
        if watching:
            _nudge(watching, watching[0].watched[thread])

    def _remember(self, thread: str, organizations: Iterable[str]) -> None:
        now = time.monotonic()
        for organization in organizations:
            self.latest[thread, organization] = now
            self.latest.move_to_end((thread, organization))
        while len(self.latest) > MOST_REMEMBERED:
            self.latest.popitem(last=False)

    def nudge_everybody(self) -> None:
        """Something may have been missed: every page looks for itself."""
        for socket in self.sockets:
            for topic in (INBOX, *socket.watched.values()):
                _nudge([socket], topic, MISSED)


def _nudge(sockets: Iterable[Socket], topic: str, what: str = CHANGED) -> None:
    broadcast(sockets, json.dumps({"topic": topic, "what": what}))


def _by_thread(topics: Iterable[str]) -> dict[str, str]:
    return {topic.partition(":")[2]: topic for topic in topics}


def _said_in(message: str | bytes) -> tuple[list[str], float] | None:
    """The topics and the age of a watch message, None for anything else."""
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not {"watch"} <= set(said) <= {"watch", "age_ms"}:
        return None
    topics, age_ms = said["watch"], said.get("age_ms", 0)
    if not isinstance(topics, list) or len(topics) > MOST_TOPICS:
        return None
    if isinstance(age_ms, bool) or not isinstance(age_ms, int | float) or not age_ms >= 0:
        return None
    if not all(isinstance(topic, str) for topic in topics):
        return None
    return topics, min(age_ms, LONGEST_AGE_MS)


def _redis() -> Redis:
    return Redis.from_url(
        settings.LIVE_REDIS_URL,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
