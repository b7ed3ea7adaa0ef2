"""Facts of questions and answers. The texts stand in the thread, not in the facts."""

from marketplace.core.events import Fact

QUESTION_ASKED = Fact("question_asked", "{actor} asked a question", set())
MESSAGE_ANSWERED = Fact("message_answered", "{actor} wrote to {name}", {"name"})
ANSWER_PUBLISHED = Fact("answer_published", "{actor} answered a question for everybody", set())
