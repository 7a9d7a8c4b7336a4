"""Figures in *Frameworks Under Pressure* that follow from others, computed and compared with the words of the text."""

from __future__ import annotations

import random
import re
from collections import deque
from datetime import date
from math import ceil
from typing import Literal

import pytest

from tests.content.frameworks import ask, offered, right, rights, section, typed, why

SQL, PARTNER, JSON, FRAMEWORK = 110, 45, 17, 8
"""Milliseconds of lesson 1's request; the first two wait, the others compute."""
CLOCK, CPU = SQL + PARTNER + JSON + FRAMEWORK, JSON + FRAMEWORK
LEAN = CPU - FRAMEWORK * 0.9
"""The CPU of that request with a framework ten times faster."""
INDEXED = 20
"""Milliseconds of its SQL with the index."""
LESSON_1, LESSON_2 = "choice-matters-less", "where-time-goes"
LESSON_3, LESSON_4 = "async-is-not-faster", "stateless-or-stateful"
LESSON_6, LESSON_7, LESSON_8 = "graceful-degradation", "queues-and-idempotency", "caches-that-hold-up"
LESSON_9, LESSON_12 = "over-abstraction", "three-experiments"


def share(part: float) -> str:
    return f"{part * 100:.0f} %"


def response(service: float, utilisation: float) -> float:
    """Mean response time of one server with random arrivals and job sizes."""
    return service / (1 - utilisation)


def waiting_and(computing: float, utilisation: float) -> float:
    return SQL + PARTNER + response(computing, utilisation)


def hit_ratio(requests_per_ttl: float) -> float:
    """A key's entry is made by a miss and then serves the requests of one TTL."""
    return requests_per_ttl / (1 + requests_per_ttl)


JSON_SAVED = JSON - JSON / 3
IN_TEXTS = [
    (LESSON_1, "Two shares of one request", f"{CLOCK} ms on an idle machine"),
    (LESSON_1, "Two shares of one request", f"8/180 = {FRAMEWORK / CLOCK * 100:.1f} %"),
    (LESSON_1, "Two shares of one request", f"at most {CLOCK / (CLOCK - FRAMEWORK):.2f} times faster"),
    (LESSON_1, "Two shares of one request", f"8 of {CPU} ms, or {share(FRAMEWORK / CPU)}"),
    (LESSON_1, "What the CPU share buys", f"25 ms of CPU allow {1000 / CPU:.0f} requests/s per core"),
    (
        LESSON_1,
        "What the CPU share buys",
        f"{LEAN:.1f} ms, hence {1000 / LEAN:.0f} requests/s: {share(CPU / LEAN - 1)}",
    ),
    (LESSON_1, "What the CPU share buys", f"80 % busy is {share(0.8 * LEAN / CPU)} busy"),
    (
        LESSON_1,
        "What the CPU share buys",
        f"{SQL + PARTNER} ms of waiting for others + {response(CPU, 0.8):.0f} become",
    ),
    (LESSON_1, "What the CPU share buys", f"become {SQL + PARTNER} + {response(LEAN, 0.8 * LEAN / CPU):.0f},"),
    (LESSON_1, "What the CPU share buys", f"from {waiting_and(CPU, 0.8):.0f}"),
    (LESSON_1, "What the CPU share buys", f"to {waiting_and(LEAN, 0.8 * LEAN / CPU):.0f} ms"),
    (LESSON_1, "What the CPU share buys", f"On the idle machine it saved {CPU - LEAN:.0f}"),
    (LESSON_1, "Waiting grows faster than load", f"{CPU} ms of CPU take {response(CPU, 0.5):.0f} on a core"),
    (LESSON_1, "Waiting grows faster than load", f"{response(CPU, 0.8):.0f} at 80 %"),
    (LESSON_1, "Waiting grows faster than load", f"{response(CPU, 0.9):.0f} at 90 %"),
    (LESSON_1, "Waiting grows faster than load", f"{response(CPU, 0.95):.0f} at 95 %"),
    (
        LESSON_1,
        "What you hold, and for how long",
        f"At 200 requests/s and {CLOCK} ms each, {200 * CLOCK / 1000:.0f} are in flight",
    ),
    (LESSON_1, "What you hold, and for how long", f"{SQL} ms of SQL alone, and the average is {200 * SQL / 1000:.0f}"),
    (LESSON_1, "What you hold, and for how long", f"with the index, {INDEXED} ms, it is {200 * INDEXED / 1000:.0f}"),
    (LESSON_1, "What you hold, and for how long", f"turns 36 into {200 * (CLOCK - CPU + LEAN) / 1000:.0f}"),
    (LESSON_1, "Tens of thousands a second", f"take {20_000 * CPU / 1000:.0f} cores flat out"),
    (LESSON_1, "Tens of thousands a second", f"or {20_000 * CPU / 1000 / 0.7:.0f} at 70 % busy"),
    (LESSON_1, "Tens of thousands a second", f"{20_000 * 0.01:.0f}/s are left: {200 * CPU / 1000:.0f} cores busy"),
    (LESSON_1, "Tens of thousands a second", f"{ceil(200 * CPU / 1000 / 0.7)} at 70 %"),
    (LESSON_2, "N+1 queries", f"At 1 ms a round trip that is {200 * 1} ms"),
    (LESSON_2, "One shared row or lock", f"at most {1000 / 20:.0f} times a second"),
    (LESSON_2, "Where to look first", f"500,000 runs of 2 ms cost {500_000 * 0.002:,.0f} s"),
    (LESSON_2, "Where to look first", f"two reports of 4 s cost {2 * 4} s"),
    (LESSON_4, "State moves, it does not vanish", f"each make {3000 * 2:,} operations/s"),
    (LESSON_4, "State moves, it does not vanish", f"takes {9000 / 60:.0f} writes/s in place of {3000:,}"),
    (LESSON_4, "State you forgot", f"meets {10 * 4} of them"),
    (LESSON_4, "State you forgot", f"becomes {100 * 10 * 4:,}/min"),
    (LESSON_4, "When keeping state wins", f"make {10 * 5} changes/s"),
    (LESSON_4, "Reconnects are a load test", f"over 10 s ({50_000 / 10:,.0f}/s)"),
    (LESSON_4, "Reconnects are a load test", f"1,000 every 5 s take {50_000 / 1000 * 5:.0f} s"),
    ("database-coupling", "The connection budget", f"12 × 4 × 10 is {12 * 4 * 10}"),
    (
        "database-coupling",
        "The connection budget",
        f"takes 25 ms, 40 server connections carry {40 / 0.025:,.0f} a second",
    ),
    ("database-coupling", "Transactions that wait for others", f"At 2 s, those 40 connections carry {40 / 2:.0f} a"),
    (LESSON_6, "A budget through the layers", f"the last one waits {200 / 20:.0f} s"),
    (LESSON_6, "The circuit breaker", f"gets 20 calls a second keeps {20 * 1.5:.0f} workers waiting"),
    (LESSON_6, "Retries multiply, deploys overlap", f"into {3**3} calls"),
    (LESSON_7, "What a queue buys", f"the backlog grows by {(50 - 40) * 3600:,} an hour"),
    (LESSON_7, "What a queue buys", f"10,000 jobs of 2 ms in {10_000 * 0.002:.0f} s"),
    (LESSON_7, "What a queue buys", f"100 jobs of 5 minutes in over {100 * 5 // 60} hours"),
    (LESSON_8, "Layers, and who can empty them", f"3 machines with 8 workers hold {3 * 8} copies"),
    (LESSON_8, "The stampede", f"some {800 * 0.5:.0f} requests now run it at once"),
    (LESSON_8, "The day the cache is empty", f"a 95 % hit ratio it gets {1000 * (1 - 0.95):.0f} a second"),
    (LESSON_8, "The day the cache is empty", f"an empty cache means {1 / (1 - 0.95):.0f} times the load"),
    (LESSON_9, "Do the sum before the work", f"{CLOCK} ms, {CPU} of them CPU, and JSON with {JSON}"),
    (LESSON_9, "Do the sum before the work", f"three times as fast saves {JSON_SAVED:.0f} ms"),
    (LESSON_9, "Do the sum before the work", f"Of the clock that is {share(JSON_SAVED / CLOCK)}"),
    (LESSON_9, "Do the sum before the work", f"of the CPU it is {share(JSON_SAVED / CPU)}"),
    (LESSON_9, "Do the sum before the work", f"serves {share(CPU / (CPU - JSON_SAVED) - 1)} more"),
    (LESSON_9, "Do the sum before the work", f"The index that saves {SQL - INDEXED} ms of SQL halves the clock"),
    ("monolith-to-services", "What a call turns into", f"a loop of 500 calls, free before, takes {500 * 0.25:.0f} ms"),
    ("monolith-to-services", "What a call turns into", f"0.999⁵ ≈ {0.999**5 * 100:.1f} %"),
    (LESSON_12, "One – find the slowest request", f"40 ms at 90,000 calls an hour are {90_000 * 0.040:,.0f} s"),
    (LESSON_12, "One – find the slowest request", f"9 s at 12 calls are {9 * 12} s"),
    (
        LESSON_12,
        "One – look inside it",
        f"JSON has {share(JSON / CPU)} of the CPU and {share(JSON / CLOCK)} of the clock",
    ),
    (LESSON_12, "Three – cache the hottest endpoint", f"make {40 * 30:,} requests and one miss"),
    (LESSON_12, "Three – cache the hottest endpoint", f"a hit ratio near {hit_ratio(40 * 30) * 100:.1f} %"),
    (LESSON_12, "Three – cache the hottest endpoint", f"asked for {40 * 30 / 10_000:.2f} times per TTL"),
    (LESSON_12, "A year's sum", f"people cost {10 * 80 * 12:,} and machines {300 * 12:,}"),
]
IN_ANSWERS = [
    (LESSON_1, "cpu-per-core", f"{waiting_and(CPU, 0.8) - waiting_and(LEAN, 0.8 * LEAN / CPU):.0f} ms, as the core"),
    (LESSON_1, "behind-the-figure", f"At least {share(1 - 12 / 0.020 / 30_000)}"),
    (LESSON_4, "session-ops", f"Loaded 2,000 times and saved {2000 // 20} times"),
    (LESSON_4, "drain-grace", f"Six or seven slices go, then some {50_000 - len(range(0, 31, 5)) * 1000:,}"),
    (LESSON_6, "inverted-timeouts", f"{10 - 9.2:.1f} s, the rest of the request's own limit"),
    (LESSON_7, "oldest-job", f"About {36_000 / 60 / 60:.0f} minutes"),
    (LESSON_8, "local-copies", f"{4 * 6 - 1}, all but the one that ran it"),
    (
        LESSON_12,
        "user-keys",
        f"Near {share(hit_ratio(60 * 20 / 6000))}, as each key is asked for {60 * 20 / 6000} times",
    ),
    (LESSON_12, "yearly-cost", f"It costs {3 * 80 * 12 - 300 * 12 // 2:,} more"),
]


@pytest.mark.parametrize(("lesson", "label", "figure"), IN_TEXTS)
def test_a_figure_in_a_text_is_what_its_sum_gives(lesson: str, label: str, figure: str) -> None:
    assert figure in section(lesson, label)


@pytest.mark.parametrize(("lesson", "question", "figure"), IN_ANSWERS)
def test_a_figure_in_a_right_answer_is_what_its_sum_gives(lesson: str, question: str, figure: str) -> None:
    assert figure in right(lesson, question)


def test_the_index_makes_the_request_twice_as_fast() -> None:
    assert CLOCK / (CLOCK - SQL + INDEXED) == 2
    assert "makes it twice as fast" in section(LESSON_1, "Two shares of one request")


def test_amdahls_formula_gives_the_gain_of_the_encoder() -> None:
    part = JSON / CLOCK
    assert 1 / ((1 - part) + part / 3) == pytest.approx(CLOCK / (CLOCK - JSON_SAVED))


def test_a_simulated_queue_agrees_with_the_formula() -> None:
    clock = free = total = 0.0
    dice, jobs = random.Random(4711), 400_000
    for _ in range(jobs):
        clock += dice.expovariate(0.8 / 20)
        free = max(free, clock) + dice.expovariate(1 / 20)
        total += free - clock
    assert total / jobs == pytest.approx(response(20, 0.8), rel=0.05)


def test_a_fifth_less_work_or_a_quarter_fewer_jobs_halves_the_response_time() -> None:
    after = {
        "tenth-faster": response(18, 0.8 * 18 / 20),
        "fifth-faster": response(16, 0.8 * 16 / 20),
        "quarter-fewer": response(20, 0.8 * 3 / 4),
        "eighth-fewer": response(20, 0.8 * 7 / 8),
    }
    assert [f"{each:.0f}" for each in after.values()] == ["64", "44", "50", "67"]
    assert rights(LESSON_1, "utilisation") == {
        change for change, each in after.items() if each < response(20, 0.8) / 2 or each == pytest.approx(50)
    }


def test_both_figures_of_the_vendors_framework_are_right() -> None:
    said = ask(LESSON_1, "ceiling")
    assert f"{share(CPU / LEAN - 1)} more requests a second" in said
    assert f"{share((CPU - LEAN) / CLOCK)} less time for the customer" in said
    assert rights(LESSON_1, "ceiling") == {"both-figures"}


def test_the_wrong_gains_of_a_lean_framework_come_from_the_sums_that_their_whys_name() -> None:
    wrong = {"waits-as-before": CPU - LEAN, "counts-five-times": (CPU - LEAN) * 5, "nine-tenths": (CPU * 5 - CPU) * 0.9}
    for option, gain in wrong.items():
        assert offered(LESSON_1, "cpu-per-core", option).startswith(f"{gain:.0f} ms")
    assert share(0.8 * LEAN / CPU) == "57 %"
    assert f"{1 / (1 - 0.8 * LEAN / CPU):.1f} times" == "2.3 times"


def test_a_pool_keeps_up_while_its_mean_hold_is_below_size_by_rate() -> None:
    assert typed(LESSON_1, "hold-time") == 15 / 300 * 1000
    assert "A pool has 15 connections. 300 requests a second" in ask(LESSON_1, "hold-time")


def test_a_row_held_for_25_ms_is_sold_40_times_a_second() -> None:
    assert 1000 / 25 == 40
    assert "commits 25 ms later. So one product sells at most 40 times a second" in ask(LESSON_2, "hot-row")
    assert rights(LESSON_2, "hot-row") == {"update-last", "row-shards"}


def test_after_the_port_each_query_took_longer_and_there_were_fewer() -> None:
    assert 410 / 24 < 130 / 3
    assert (410 - 130) / (410 - 130 + 40 - 32) > 0.95
    assert "rewritten queries" in right(LESSON_1, "port-halves")


def test_a_hundredth_of_the_short_runs_is_more_than_half_of_the_long_ones() -> None:
    runs, reports = 500_000 * 0.002, 2 * 4
    assert (runs / 100, reports / 2) == (10, 4)
    assert right(LESSON_2, "hundredth-or-half").startswith(f"The cache, {runs / 100:.0f} s")
    assert offered(LESSON_2, "hundredth-or-half", "index-half").startswith(f"The index, {reports / 2:.0f} s")
    assert "5,000 runs of 2 ms" in why(LESSON_2, "hundredth-or-half", "cache-hundredth")


def test_a_slow_partner_fills_the_threads_and_leaves_async_its_cores() -> None:
    by_cpu, arriving = 4 * 1000 / CPU, 100
    slow = CLOCK - PARTNER + 2000
    in_flight, by_threads = arriving * slow / 1000, 32 * 1000 / slow
    said = section(LESSON_3, "Capacity, not speed")
    for figure in (
        f"{arriving} a second on four cores, which allow {by_cpu:.0f}",
        f"At {CLOCK} ms each, {arriving * CLOCK / 1000:.0f} are in flight",
        f"takes 2 s, and {in_flight:.0f} are",
        f"32 threads manage {by_threads:.0f} a second",
        "each still takes over 2 s",
    ):
        assert figure in said
    assert arriving * CLOCK / 1000 < 32 < in_flight
    assert right(LESSON_3, "async-limit").startswith(f"The CPU, to {by_cpu:.0f}")
    wrong = {"wait-15": by_threads, "loop-40": 1000 / CPU, "held-214": in_flight}
    for option, limit in wrong.items():
        assert f"to {limit:.0f}," in offered(LESSON_3, "async-limit", option)


def held(workers: int, *, call_takes: float, arriving: float = 2) -> int:
    """Workers in calls after two minutes, when so many calls a second each take so long."""
    ends: deque[float] = deque()
    for arrival in range(round(120 * arriving)):
        now = arrival / arriving
        while ends and ends[0] <= now:
            ends.popleft()
        if len(ends) < workers:
            ends.append(now + call_takes)
    return len(ends)


def test_workers_stay_free_where_hanging_calls_are_short_or_few() -> None:
    assert held(32, call_takes=30) == 32
    assert held(48, call_takes=30) == 48
    assert held(32, call_takes=2) == 4
    assert held(8, call_takes=30) == 8 < 32
    assert rights(LESSON_2, "starving-workers") == {"read-timeout", "quote-bulkhead"}


def test_a_mail_in_each_transaction_leaves_a_twentieth_of_what_the_connections_carried() -> None:
    assert "a mail of 475 ms" in ask("database-coupling", "held-by-mail")
    assert typed("database-coupling", "held-by-mail") == 40 / (0.025 + 0.475) == 40 / 0.025 / 20


def test_pools_of_3_and_a_pooler_fit_a_rollout_and_fewer_larger_pods_do_not() -> None:
    """PostgreSQL keeps three of its connections for superusers."""
    free = 200 - 3
    wanted = {"fewer-pods": 4 * 8 * 5 * 2, "pool-of-3": 8 * 4 * 3 * 2, "close-idle": 8 * 4 * 5 * 2}
    assert rights("database-coupling", "budget") - {"transaction-pooler"} == {
        change for change, connections in wanted.items() if connections < free
    }
    assert "400 clients on 60" in offered("database-coupling", "budget", "transaction-pooler")
    assert 8 * 4 * 5 * 2 <= 400
    assert free > 60


Step = Literal["begin", "call", "pending", "paid", "commit"]
ORDERS_OF_STEPS: dict[str, list[Step]] = {
    "all-in-one": ["begin", "pending", "call", "paid", "commit"],
    "call-first": ["call", "begin", "pending", "paid", "commit"],
    "pending-first": ["pending", "commit", "call", "paid", "commit"],
    "paid-first": ["paid", "commit", "call"],
}


def tells_of_each_charge(steps: list[Step]) -> bool:
    """Whether no row is locked during the call, and a crash once the call is out never leaves the row open or paid."""
    committed, written = "open", ""
    called = False
    for step in steps:
        if step == "call":
            called = True
            if written:
                return False
        elif step == "commit":
            committed, written = written, ""
        elif step != "begin":
            written = step
        if called and step != "commit" and committed != "pending":
            return False
    return True


def test_a_charge_leaves_a_trace_and_no_lock_if_pending_is_committed_before_it() -> None:
    good = {order for order, steps in ORDERS_OF_STEPS.items() if tells_of_each_charge(steps)}
    assert good == rights("database-coupling", "slow-payment")
    for order, steps in ORDERS_OF_STEPS.items():
        words = offered("database-coupling", "slow-payment", order).split(", if it fails")[0]
        said = re.sub(r"set|then|`|,", " ", words.lower()).split()
        assert said == steps


def test_the_half_open_breaker_tries_until_the_partner_is_back() -> None:
    trials = [30]
    while trials[-1] < 70:
        trials.append(trials[-1] + 30)
    assert typed(LESSON_6, "half-open") == len(trials)
    assert "After a pause, say 30 s" in section(LESSON_6, "The circuit breaker")


def failures_in_a_row(silent_for: float) -> int:
    """The most probes, one every 10 s, that a process can leave unanswered."""
    return int(silent_for // 10) + 1


def test_by_default_a_boot_of_50_s_is_restarted_and_a_stall_of_15_s_is_not() -> None:
    assert failures_in_a_row(15) < 3 <= failures_in_a_row(50)
    assert rights(LESSON_6, "both-probes") == {"deadlock", "slow-boot"}


def test_probes_by_default_find_a_stall_within_30_s_and_a_blip_of_40_s_before_it_ends() -> None:
    """Every 10 s with a timeout of 1 s, three failures count; the stall begins somewhere between two probes."""
    noticed = [until_probe + 2 * 10 + 1 for until_probe in range(10)]
    assert (min(noticed), max(noticed)) == (21, 30)
    assert "A stall of 20–30 s" in section(LESSON_6, "Liveness is not readiness")
    assert "unready within 30 s" in section(LESSON_6, "Deep checks can take all down")
    assert max(noticed) < 40
    assert right(LESSON_6, "blip").startswith("Errors on all pages")


def in_time(admitted: int) -> int:
    """Of what is admitted each second over ten minutes, answers within 5 s by a service that gives 10 a second."""
    queue: deque[int] = deque()
    answered = 0
    for second in range(600):
        queue.extend([second] * admitted)
        for _ in range(10):
            answered += second - queue.popleft() < 5
    return answered


def test_refusing_half_answers_far_more_in_time() -> None:
    assert in_time(admitted=10) == 6000
    assert in_time(admitted=20) == pytest.approx(100, abs=10)
    assert right(LESSON_6, "queue-or-refuse").startswith("R 6,000, and Q about 100")


def test_a_job_waits_for_those_before_it_and_not_for_the_backlog_to_end() -> None:
    before_it, minutes = 36_000, 0
    while before_it > 0:
        before_it -= 60 * 60
        minutes += 1
    assert minutes == 10
    assert (50 - 40) * 3600 == 36_000 == (60 - 50) * 3600
    assert 36_000 / 40 / 60 == 15
    assert 36_000 / 50 / 60 == 12


def begun(seconds: float, *, handed_out_again_after: float) -> int:
    """Runs that have begun when the first ends, if an unacknowledged job is handed out each time its time is up."""
    return ceil(seconds / handed_out_again_after)


def test_a_job_that_outlasts_its_time_begins_again_while_it_runs() -> None:
    said = section(LESSON_7, "At least once")
    assert "Amazon SQS after 30 s, on Celery with Redis after an hour" in said
    assert begun(100, handed_out_again_after=30) == 4
    assert "one of 100 s is begun four times" in said
    assert typed(LESSON_7, "begun-runs") == begun(2.5, handed_out_again_after=1)
    assert "two and a half hours" in ask(LESSON_7, "begun-runs")


def test_sidekiqs_25_retries_span_about_three_weeks() -> None:
    """Its formula: count ** 4 + 15 seconds, and jitter of at most 10 × (count + 1)."""
    least = sum(count**4 + 15 for count in range(25))
    most = least + sum(10 * (count + 1) for count in range(25))
    assert 20 < least / 86_400 < most / 86_400 < 22


def test_the_database_sees_the_misses() -> None:
    before, after = (400, 20), (200, 10)
    assert before == (round(1000 * (1 - 0.60)), round(1000 * (1 - 0.98)))
    assert after == (round(1000 * (1 - 0.80)), round(1000 * (1 - 0.99)))
    assert [was / now for was, now in zip(before, after, strict=True)] == [2, 2]
    assert [1000 // now for now in after] == [5, 100]
    assert right(LESSON_8, "hit-ratio").startswith("Both are halved; empty, they grow 5-fold in A and 100-fold")


def test_a_cdn_that_let_one_request_in_20_through_had_a_hit_ratio_of_95_percent() -> None:
    assert typed("monolith-to-services", "graphql-cost") == pytest.approx(100 * (1 - 1 / 20))
    assert "20 times the queries" in ask("monolith-to-services", "graphql-cost")


def layer(changes: int) -> float:
    """Days that the layer of lesson 9 costs: built, carried through so many changes, repaired."""
    return 15 + changes * 0.5 + 5


def test_a_layer_that_guessed_wrong_costs_more_with_each_change() -> None:
    said = section(LESSON_9, "Two guesses about the future")
    assert f"next 40 changes takes half a day longer: {40 * 0.5:.0f} days of carrying" in said
    assert f"That makes {layer(40):.0f} days" in said
    assert typed(LESSON_9, "ten-changes") == layer(10) > 10


def test_three_of_five_services_in_one_process_leave_a_chain_of_three() -> None:
    assert right("monolith-to-services", "back-to-one").startswith(f"{0.999 ** (5 - 3 + 1) * 100:.1f} %")
    wrong = {"unchanged": 5, "two-left": 2, "one-process": 1}
    for option, members in wrong.items():
        assert offered("monolith-to-services", "back-to-one", option).startswith(f"{0.999**members * 100:.1f} %")


def test_the_encoder_saves_most_of_the_cpu() -> None:
    saved = {
        "index-sql": 0.0,
        "ten-times-framework": CPU - LEAN,
        "three-times-encoder": JSON_SAVED,
        "third-cdn": CPU / 3,
    }
    assert rights(LESSON_9, "fewer-cores") == {max(saved, key=lambda change: saved[change])}
    assert pytest.approx(1.5) == 1 / (1 - 1 / 3)


def test_of_200_requests_the_ten_slowest_make_the_p95() -> None:
    assert 200 * 0.05 == 10
    assert "the ten slowest" in offered(LESSON_12, "two-hundred", "ten-requests")


def test_a_simulated_cache_agrees_with_the_hit_ratio() -> None:
    dice, now, hits = random.Random(7), 0.0, 0
    expires: dict[int, float] = {}
    for _ in range(200_000):
        now += dice.expovariate(60)
        key = dice.randrange(6000)
        if expires.get(key, 0) > now:
            hits += 1
        else:
            expires[key] = now + 20
    assert hits / 200_000 == pytest.approx(hit_ratio(0.2), abs=0.01)


def test_a_stolen_access_token_works_until_it_expires() -> None:
    issued, deleted = 11 * 60 + 52, 12 * 60
    assert typed(LESSON_4, "thief-minutes") == issued + 15 - deleted
    for said in ("live 15 minutes", "At 12:00", "issued at 11:52"):
        assert said in ask(LESSON_4, "thief-minutes")


def test_a_sliding_expiry_is_renewed_once_in_its_interval_by_each_visitor() -> None:
    assert "from 9,000 visitors" in section(LESSON_4, "State moves, it does not vanish")
    assert typed(LESSON_4, "renewals") == 9000 / (5 * 60)
    assert "every five minutes in place of every minute" in ask(LESSON_4, "renewals")


def test_ten_people_at_five_keys_a_second_need_all_that_a_row_of_lesson_2_gives() -> None:
    assert f"sells at most {10 * 5} times a second" in section(LESSON_2, "One shared row or lock")


def test_each_process_of_a_stampede_runs_its_query_once() -> None:
    running = {number % 6 for number in range(round(800 * 0.5))}
    assert typed(LESSON_8, "flights") == len(running)
    assert "800 requests/s, spread over 6 Go processes" in ask(LESSON_8, "flights")


def _months_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    return date(start.year + years, month + 1, start.day)


def test_a_year_later_only_what_is_supported_that_long_gets_fixes() -> None:
    text = section("drift", "Standing still moves you")
    assert "A Django LTS gets security fixes for three years, a release between for 16 months" in text
    assert "A Rails minor gets two years" in text
    assert "Django 5.2 LTS: April 2028, owner Ada - Node.js 22: April 2027" in text
    ends = {
        "django-6-0": _months_after(date(2025, 12, 30), 16),
        "django-5-2": _months_after(date(2025, 4, 30), 36),
        "node-22": date(2027, 4, 30),
        "rails-minor": date(2026 + 2, 10, 28),
    }
    assert "to the end of November 2027" in ask("drift", "still-fixed")
    assert rights("drift", "still-fixed") == {part for part, end in ends.items() if end >= date(2027, 11, 30)}


def test_the_waits_that_survive_a_port_are_those_of_lesson_1() -> None:
    assert f"The {SQL + PARTNER} ms in which" in offered(LESSON_1, "port-changes", "waits")
    assert "waits" not in rights(LESSON_1, "port-changes")


def test_what_is_saved_are_the_machines_that_idle_and_not_their_load() -> None:
    """A machine without load takes half of its peak, and the rest in step with its load."""

    def peaks(machines: int, load: float) -> float:
        return machines * (0.5 + load / 2)

    before, ported, moved = peaks(6, 0.08), peaks(6, 0.02), peaks(2, 0.24)
    assert [round(each, 1) for each in (before, ported, moved)] == [3.2, 3.1, 1.2]
    assert 1 - moved / before > 0.6 > 0.06 > 1 - ported / before
    said = section("drift", "Energy is mostly idle machines")
    assert "idle power stayed near half of peak" in said
    assert f"a machine at 8 % load still takes {share(peaks(1, 0.08))} of its peak" in said
    assert right("drift", "idle") == "B saves well over half of it, A a few per cent"


def test_an_hour_of_a_query_within_an_hour_is_one_session() -> None:
    assert 90_000 / 3600 == 25
    assert 25 * 0.040 == 1
    assert "3,600,000 ms for one query, in 90,000 calls" in ask(LESSON_12, "total-time")
    assert right(LESSON_12, "total-time").startswith("On average one of its sessions")
