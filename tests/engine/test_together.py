"""Work on several threads, and when not all of them are needed any more."""

import threading

import pytest

from cloister.ocr.engine.together import together


@pytest.mark.parametrize(("jobs", "threads"), [(0, 2), (1, 1), (1, 2), (2, 2), (5, 2), (5, 8)])
def test_everything_is_done_and_that_a_thread_is_idle_is_told_once(jobs, threads):
    done, eased = [], []
    together([lambda k=k: done.append(k) for k in range(jobs)], threads, lambda: eased.append(len(done)))
    assert sorted(done) == list(range(jobs))
    assert len(eased) == 1


def test_that_a_thread_is_idle_is_told_while_another_is_still_at_work():
    eased = threading.Event()
    together([lambda: None, lambda: eased.wait(20)], 2, eased.set)
    assert eased.is_set()


def test_where_there_is_less_to_do_than_there_are_threads_it_is_told_at_once():
    seen = []
    together([lambda: seen.append("work")], 2, lambda: seen.append("eased"))
    assert seen == ["eased", "work"]


def test_the_first_failure_is_raised():
    with pytest.raises(ZeroDivisionError):
        together([lambda: 1 / 0, lambda: None], 2)
