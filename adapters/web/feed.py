"""What was posted to the page, kept by address in memory: the last few posts of the room and of each learner."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.api import views

ROOM = "web:room"
"""The address of the one place everybody on the page shares."""
_PERSON = "web:person:"
_POSTS, _ADDRESSES = 50, 500


@dataclass(frozen=True, slots=True)
class Post:
    """A view at an address; `at` grows with every post and edit."""

    id: str
    at: int
    address: str
    view: views.View
    reader: views.Reader


def address_of(person: str) -> str:
    return _PERSON + person


def is_address(address: str) -> bool:
    return address == ROOM or (address.startswith(_PERSON) and len(address) > len(_PERSON))


class Feed:
    """A bounded list of posts by address; the same key never posts twice."""

    def __init__(self) -> None:
        self._posts: OrderedDict[str, OrderedDict[str, Post]] = OrderedDict()
        self._at = 0

    @property
    def at(self) -> int:
        return self._at

    def post(self, view: views.View, address: str, key: str, reader: views.Reader) -> Post:
        posts = self._posts.setdefault(address, OrderedDict())
        self._posts.move_to_end(address)
        if key in posts:
            return posts[key]
        self._at += 1
        posts[key] = Post(f"{address}#{key}", self._at, address, view, reader)
        if len(posts) > _POSTS:
            posts.popitem(last=False)
        if len(self._posts) > _ADDRESSES:
            self._posts.popitem(last=False)
        return posts[key]

    def edit(self, message: str, view: views.View, reader: views.Reader) -> Post | None:
        address, _, key = message.partition("#")
        posts = self._posts.get(address)
        if posts is None or key not in posts:
            return None
        self._at += 1
        posts[key] = replace(posts[key], at=self._at, view=view, reader=reader)
        return posts[key]

    def since(self, at: int, person: str, *, most: int) -> Sequence[Post]:
        """What is new to this person, oldest first, no more than the last few."""
        seen = [post for where in (ROOM, address_of(person)) for post in self._posts.get(where, {}).values()]
        return sorted((post for post in seen if post.at > at), key=lambda post: post.at)[-most:]
