"""What is still known half a year on, and what it took: plans of practice on simulated learners who forget.

How these learners forget is not FSRS's own model, or it would be judged by itself. One half forgets by a power law:
traces that decay each at its own rate, the slower the weaker the memory was when the trace was made, as in Pavlik and
Anderson, "Practice and Forgetting Effects on Vocabulary Memory" (Cognitive Science, 2005), which rests on the power
laws of Wixted and Ebbesen, "On the Form of Forgetting" (Psychological Science, 1991). The other half forgets
exponentially, with a stability that grows the more the less was left of it, as in Woźniak, Gorzelańczyk and Murakowski,
"Two components of long-term memory" (Acta Neurobiologiae Experimentalis, 1995). Rates are each learner's and each
question's own. Both are set by one thing alone: who reads once knows about half of it when the half-year ends.

A question has four options, so who does not know it is right at one time in four. Whoever answers is told why, and that
teaches as much as a lesson read anew. A re-reading renews each question of the lesson; in the exponential model by half
as much as a recall does (Roediger and Karpicke, "Test-Enhanced Learning", Psychological Science, 2006).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol

from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.domain import memory
from bot.domain.memory import Grade, Strength

LEARNERS, FEW = 1_000, 40
WEEKS, ACTIVE_DAYS, QUESTIONS = 26, 3, 3
END = 7 * WEEKS
LATER = (30, 90)
OPTIONS = 4
HONEST = 0.8
"""Of lucky guesses that are owned up to, where *I guessed* is used."""
ANSWER, WHY, READING = 20 / 60, 15 / 60, 4.0
"""Minutes: to answer, to read why it was wrong, to read a lesson."""
CLEARLY = 1.1
_DAY_ONE = datetime(2026, 1, 5, tzinfo=UTC)


# How people forget -------------------------------------------------------------------------------------------------


class Trace(Protocol):
    """What one learner keeps of one question; days are counted from the first one."""

    def known(self, day: float) -> float: ...

    def recall(self, day: float) -> None:
        """It was known when it was asked for."""

    def learn(self, day: float) -> None:
        """It was not, and the answer was read."""

    def reread(self, day: float) -> None: ...


class PowerTrace:
    """Activation is the logarithm of the sum of all traces' ages to the power of their decays."""

    SCALE, THRESHOLD, NOISE = 0.217, -0.72, 0.255

    def __init__(self, chance: random.Random, rate: float) -> None:
        self._decay = max(0.05, rate + chance.gauss(0, 0.03))
        self._traces: list[tuple[float, float]] = []

    def _activation(self, day: float) -> float:
        summed = sum(max(day - at, 0.02) ** -decay for at, decay in self._traces)
        return math.log(summed) if summed else -math.inf

    def known(self, day: float) -> float:
        return 1 / (1 + math.exp(min(50.0, (self.THRESHOLD - self._activation(day)) / self.NOISE)))

    def learn(self, day: float) -> None:
        before = self._activation(day)
        self._traces.append((day, self._decay + self.SCALE * math.exp(min(before, 2.0))))

    recall = reread = learn


class ExponentialTrace:
    """What is left halves with time; a recall makes it last the longer, the less was left."""

    GAIN, LOST = 3.5, 0.6

    def __init__(self, chance: random.Random, rate: float) -> None:
        self._first = rate * math.exp(chance.gauss(0, 0.5))
        self._stability = 0.0
        self._at = 0.0

    def known(self, day: float) -> float:
        return math.exp((self._at - day) / self._stability) if self._stability else 0.0

    def recall(self, day: float) -> None:
        self._grow(day, self.GAIN)

    def reread(self, day: float) -> None:
        self._grow(day, self.GAIN / 2)

    def learn(self, day: float) -> None:
        self._stability, self._at = max(self._first, self._stability * self.LOST), day

    def _grow(self, day: float, gain: float) -> None:
        if not self._stability:
            return self.learn(day)
        self._stability, self._at = self._stability * (1 + gain * (1 - self.known(day))), day
        return None


def _power(chance: random.Random) -> Callable[[], Trace]:
    rate = max(0.08, chance.gauss(0.19, 0.05))
    return lambda: PowerTrace(chance, rate)


def _exponential(chance: random.Random) -> Callable[[], Trace]:
    rate = 120 * math.exp(chance.gauss(0, 0.5))
    return lambda: ExponentialTrace(chance, rate)


MODELS = {"a power law": _power, "exponential": _exponential}


# What they practise ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Card:
    """One question of one learner."""

    trace: Trace
    read: int
    strength: Strength
    """As FSRS sees it."""
    due: int
    times: int = 0


READ_ONCE, _ = memory.answered(None, Grade.GOOD, _DAY_ONE, elapsed=0, desired=memory.DESIRED)


@dataclass(slots=True)
class Plan:
    """Which questions are asked on a day; none where nothing is practised."""

    name: str
    rereads: tuple[int, ...] = ()
    """Days after a lesson on which it is read again."""

    def choose(self, cards: list[Card], day: int, chance: random.Random) -> Iterable[Card]:
        del cards, day, chance
        return ()

    def answered(self, card: Card, day: int, *, right: bool, lucky: bool, chance: random.Random) -> None: ...


class Shuffled(Plan):
    """Any five of those whose lesson was read."""

    def choose(self, cards: list[Card], day: int, chance: random.Random) -> Iterable[Card]:
        ready = [card for card in cards if card.read < day]
        return chance.sample(ready, min(memory.CAP, len(ready)))


@dataclass(slots=True)
class Fixed(Plan):
    """The same days for everybody, whatever was answered."""

    days: tuple[int, ...] = (1, 7, 30)

    def choose(self, cards: list[Card], day: int, chance: random.Random) -> Iterable[Card]:
        del chance
        late = [card for card in cards if card.times < len(self.days) and card.read + self.days[card.times] <= day]
        return late[: memory.CAP]

    def answered(self, card: Card, day: int, *, right: bool, lucky: bool, chance: random.Random) -> None:
        card.times += 1


@dataclass(slots=True)
class Ours(Plan):
    """`bot.domain.memory`: due by FSRS, the most endangered first."""

    desired: int = memory.DESIRED
    owns_up: bool = False

    def choose(self, cards: list[Card], day: int, chance: random.Random) -> Iterable[Card]:
        due = [card for card in cards if card.due <= day]
        if len(due) > memory.CAP:
            due.sort(key=lambda card: memory.known(card.strength, day - _day(card.strength.last)))
        return due[: memory.CAP]

    def answered(self, card: Card, day: int, *, right: bool, lucky: bool, chance: random.Random) -> None:
        owned = lucky and self.owns_up and chance.random() < HONEST
        grade = Grade.GOOD if right and not owned else Grade.AGAIN
        before, elapsed = (card.strength, day - _day(card.strength.last)) if card.times else (None, 0)
        card.strength, due = memory.answered(before, grade, _moment(day), elapsed=elapsed, desired=self.desired)
        card.due, card.times = _day(due), card.times + 1


def _moment(day: int) -> datetime:
    return _DAY_ONE + timedelta(days=day)


def _day(moment: datetime) -> int:
    return (moment - _DAY_ONE).days


PLANS: tuple[Plan, ...] = (
    Plan("read once"),
    Plan("read again after 7 and 30 days", rereads=(7, 30)),
    Shuffled("five random questions a day"),
    Fixed("after 1, 7 and 30 days"),
    Ours("ours"),
    Ours("ours, with I guessed", owns_up=True),
    Ours("ours at 0.8, with I guessed", desired=80, owns_up=True),
    Ours("ours at 0.7, with I guessed", desired=70, owns_up=True),
    Ours("ours at 0.95, with I guessed", desired=95, owns_up=True),
)


# Half a year ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Outcome:
    """What a plan came to, over all learners of a model."""

    minutes: list[float] = field(default_factory=list)
    known: list[tuple[float, ...]] = field(default_factory=list)
    """At the end of the half-year, and so many days after the last practice."""

    def mean(self, at: int) -> float:
        return sum(each[at] for each in self.known) / len(self.known)

    @property
    def spent(self) -> float:
        return sum(self.minutes) / len(self.minutes)

    def gain(self, nothing: Outcome) -> float:
        """Percentage points kept 90 days on, for each hour, beyond reading once."""
        return 6_000 * (self.mean(2) - nothing.mean(2)) / self.spent if self.spent else 0.0


def _half_a_year(
    plan: Plan, model: Callable[[random.Random], Callable[[], Trace]], seed: str
) -> tuple[float, list[Card]]:
    """Minutes spent beyond reading each lesson once, and what became of each question. The same learner has the same
    days and the same memory under each plan; only luck differs once the plans do."""
    chance, luck = random.Random(seed), random.Random(seed + plan.name)
    makes = model(chance)
    lessons = [[makes() for _ in range(QUESTIONS)] for _ in range(WEEKS)]
    cards: list[Card] = []
    minutes = 0.0
    again: list[tuple[int, list[Trace]]] = []
    for week, traces in enumerate(lessons):
        active = sorted(chance.sample(range(7 * week, 7 * week + 7), ACTIVE_DAYS))
        for day in active:
            for each in plan.choose(cards, day, luck):
                minutes += _answer(plan, each, day, luck)
            for due, old in [pair for pair in again if pair[0] <= day]:
                again.remove((due, old))
                minutes += READING
                for trace in old:
                    trace.reread(day)
            if day == active[0]:
                for trace in traces:
                    trace.learn(day)
                    cards.append(Card(trace, day, _read_on(day), day + memory.FIRST_AFTER.days))
                again += [(day + wait, traces) for wait in plan.rereads]
    return minutes, cards


def _read_on(day: int) -> Strength:
    return Strength(READ_ONCE.stability, READ_ONCE.difficulty, _moment(day))


def _answer(plan: Plan, card: Card, day: int, luck: random.Random) -> float:
    """Minutes that it took."""
    knew = luck.random() < card.trace.known(day)
    lucky = not knew and luck.random() < 1 / OPTIONS
    if knew:
        card.trace.recall(day)
    else:
        card.trace.learn(day)
    plan.answered(card, day, right=knew or lucky, lucky=lucky, chance=luck)
    return ANSWER + (0 if knew or lucky else WHY)


def _outcome(plan: Plan, model: Callable[[random.Random], Callable[[], Trace]], learners: int) -> Outcome:
    found = Outcome()
    for learner in range(learners):
        minutes, cards = _half_a_year(plan, model, str(learner))
        found.minutes.append(minutes)
        found.known.append(
            tuple(sum(card.trace.known(END + after) for card in cards) / len(cards) for after in (0, *LATER))
        )
    return found


STEPS = len(MODELS) * len(PLANS)


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    learners, lines = size.of(LEARNERS, FEW), []
    for forgetting, model in MODELS.items():
        found: dict[str, Outcome] = {}
        for plan in PLANS:
            progress(f"{forgetting}: {plan.name}")
            found[plan.name] = _outcome(plan, model, learners)
        lines += [_line(f"{forgetting}, {name}", each, found["read once"]) for name, each in found.items()]
        lines += _verdicts(forgetting, found)
    return Result(
        f"Half a year of practice by {learners:,} learners, known at its end, 30 and 90 days after", tuple(lines)
    )


def _line(what: str, each: Outcome, nothing: Outcome) -> Line:
    known = ", ".join(f"{100 * each.mean(at):.0f} %" for at in range(3))
    return Line(what, known, f"{each.spent:.0f} min", f"{each.gain(nothing):+.0f} points an hour", None)


def _verdicts(forgetting: str, found: dict[str, Outcome]) -> Iterable[Line]:
    """Ours as it stands, with *I guessed*, against each rival that takes minutes: an hour, and as many minutes."""
    ours, nothing = found["ours, with I guessed"].gain(found["read once"]), found["read once"]
    for plan in PLANS:
        if isinstance(plan, Ours) or not found[plan.name].spent:
            continue
        rival = found[plan.name]
        each = rival.gain(nothing)
        said = f"{forgetting}, an hour of ours against {plan.name}"
        yield Line(
            said, f"{ours:+.0f} points", f"{each:+.0f} points", f"≥ {CLEARLY}×", ours >= CLEARLY * each, ours / each
        )
        same = _in_minutes(rival.spent, found)
        if same is not None:
            said = f"{forgetting}, in its minutes, 90 days after, against {plan.name}"
            left = rival.mean(2)
            yield Line(said, f"{100 * same:.0f} %", f"{100 * left:.0f} %", "more", same > left, same / left)


def _in_minutes(minutes: float, found: dict[str, Outcome]) -> float | None:
    """What ours would keep in so many minutes, by the recall that is wanted; None beyond those tried."""
    ours = [found[plan.name] for plan in PLANS if isinstance(plan, Ours) and plan.owns_up]
    points = sorted((each.spent, each.mean(2)) for each in (found["read once"], *ours))
    for (less, low), (more, high) in pairwise(points):
        if less <= minutes <= more:
            return low + (high - low) * (minutes - less) / (more - less)
    return None
