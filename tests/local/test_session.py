"""Several commands share the servers of one data folder."""

import threading

import pytest

from config.local.errors import SetupError
from config.local.session import joined, owned
from config.local.valkey import Valkey

pytestmark = pytest.mark.timeout(60)


def test_a_folder_has_one_owner_at_a_time(folder, console):
    with (
        owned(folder, "up", console),
        pytest.raises(SetupError, match=r"in use by `./dev up` \(process \d+\)"),
        owned(folder, "up", console),
    ):
        pass
    with owned(folder, "up", console) as lock:
        assert lock.owner().purpose == "up"


def test_a_guest_uses_the_owners_servers_and_the_owner_waits_for_it(folder, console):
    inside, leave, filled = threading.Event(), threading.Event(), []

    def own():
        with joined(folder, "manage", console, fill=filled.append) as session:
            inside.session = session
            inside.set()
            leave.wait()

    owner = threading.Thread(target=own)
    owner.start()
    inside.wait()
    with joined(folder, "run", console, fill=filled.append) as guest:
        leave.set()
        assert (guest.owner, guest.supervisor) == ("manage", None)
        assert guest.env == inside.session.env
        assert Valkey(folder).answers()
    owner.join()
    assert not Valkey(folder).answers()
    assert filled == [inside.session]
