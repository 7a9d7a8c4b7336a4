"""What was posted to the page, kept by address in memory: the last few posts of the room and of each learner.

A restart empties it, and with it the page: what a process does not find here stands nowhere, and may be posted again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from cachetools import FIFOCache, LRUCache

from adapters.web.places import ROOM, address_of
from bot.api import Record, replace, views

_POSTS, _ADDRESSES, _REMEMBERED = 50, 500, 10_000


class FeedPost(Record):
    """A view at an address; `at` grows with every post and edit."""

    id: str
    at: int
    address: str
    view: views.View
    reader: views.Reader


class Feed:
    """A bounded list of posts by address; the same key never posts twice."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self._posts: LRUCache[str, FIFOCache[str, FeedPost]] = LRUCache(_ADDRESSES)
        self._sent: FIFOCache[str, bool] = FIFOCache(_REMEMBERED)
        self._at = int(now()) * 100
        """Begins above where an earlier process ended, so that an open page does not take new posts for seen ones."""

    @property
    def at(self) -> int:
        return self._at

    def post(self, view: views.View, address: str, key: str, reader: views.Reader) -> str:
        """The reference of the post: of this one, or of the one that the key made before."""
        reference = f"{address}#{key}"
        if reference in self._sent:
            return reference
        self._at += 1
        self._sent[reference] = True
        self._posts.setdefault(address, FIFOCache(_POSTS))[key] = FeedPost(reference, self._at, address, view, reader)
        return reference

    def sent(self, address: str, key: str) -> str:
        """The reference of what this process posted under the key, or nothing."""
        reference = f"{address}#{key}"
        return reference if reference in self._sent else ""

    def edit(self, message: str, view: views.View, reader: views.Reader) -> FeedPost | None:
        address, _, key = message.partition("#")
        posts = self._posts.get(address)
        if posts is None or key not in posts:
            return None
        self._at += 1
        posts[key] = replace(posts[key], at=self._at, view=view, reader=reader)
        return posts[key]

    def forget(self, address: str) -> None:
        """Whose posts these are has erased everything."""
        for post in self._posts.pop(address, {}).values():
            self._sent.pop(post.id, None)

    def since(self, at: int, person: str, *, most: int | None = None) -> Sequence[FeedPost]:
        """What is new to this person, oldest first; perhaps no more than the last few."""
        seen = [post for where in (ROOM, address_of(person)) for post in self._posts.get(where, {}).values()]
        return sorted((post for post in seen if post.at > at), key=lambda post: post.at)[-most if most else 0 :]
