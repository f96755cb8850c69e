from __future__ import annotations

import threading

from fcm.workspace.mailbox import Mailbox

LONG = 60.0
"""s of budget that nothing here uses up."""


def box() -> tuple[Mailbox[int], list[bool]]:
    woken: list[bool] = []
    return Mailbox(lambda: woken.append(True)), woken


def test_the_reader_is_woken_once_however_much_is_put() -> None:
    mailbox, woken = box()
    for number in range(100):
        mailbox.put([number, number])
    assert len(woken) == 1
    assert len(mailbox) == 200


def test_items_come_in_the_order_in_which_they_were_put() -> None:
    mailbox, _ = box()
    mailbox.put([1, 2])
    mailbox.put([3])
    assert list(mailbox.drain(LONG)) == [1, 2, 3]
    assert len(mailbox) == 0


def test_the_next_put_after_a_drain_wakes_again() -> None:
    mailbox, woken = box()
    mailbox.put([1])
    list(mailbox.drain(LONG))
    mailbox.put([2])
    assert len(woken) == 2


def test_nothing_put_wakes_nobody() -> None:
    mailbox, woken = box()
    mailbox.put([])
    assert woken == []
    assert list(mailbox.drain(LONG)) == []


def test_a_used_up_budget_leaves_the_rest_and_wakes_the_reader_again() -> None:
    mailbox, woken = box()
    mailbox.put(range(10))
    first = list(mailbox.drain(-1.0))
    assert first == [0]
    assert len(woken) == 2
    assert list(mailbox.drain(LONG)) == list(range(1, 10))


def test_what_is_put_while_the_reader_reads_is_read_too_or_wakes_it() -> None:
    mailbox, _woken = box()
    mailbox.put([1])
    read: list[int] = []
    for item in mailbox.drain(LONG):
        read.append(item)
        if item < 5:
            mailbox.put([item + 1])
    assert read == [1, 2, 3, 4, 5]


def test_many_threads_put_and_nothing_is_lost_or_out_of_their_order() -> None:
    mailbox, _ = box()

    def put(first: int) -> None:
        for number in range(200):
            mailbox.put([first + number])

    threads = [threading.Thread(target=put, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    items = list(mailbox.drain(LONG))
    assert len(items) == 800
    for n in range(4):
        own = [item for item in items if item // 1000 == n]
        assert own == sorted(own)
