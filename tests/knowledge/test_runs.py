"""Knowledge in runs: whose it is, who pays, what a second attempt does."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import TokenUsage
from blocks.base import BlockError
from blocks.registry import find
from executions import services as runs
from executions.attempts import world
from executions.knowledge import indexing, services
from executions.knowledge.models import Collection, Document, Passage
from executions.knowledge.port import with_knowledge


def run(user, block_id, **inputs):
    return runs.run_block(block=find(block_id), user=user, inputs=inputs)


def add(user, **inputs):
    return run(user, "add_to_knowledge_block", collection="Handbook", **inputs)


def port_of(user):
    """What an attempt gets."""
    id_ = uuid4()
    context = world.NodeContext(id_, "n", id_, "UTC", is_watched=False)
    return with_knowledge(world.ports_for(context), user.pk).knowledge


def test_blocks_add_find_list_and_delete(user):
    added = add(user, document="Green tea is steeped for two minutes.", name="tea")
    assert added == {"document": ["tea"], "passages": [1]}
    found = run(user, "search_knowledge_block", query="green tea", collection="Handbook")
    [[passage]] = found["passages"]
    assert (passage["document"], passage["collection"]) == ("tea", "Handbook")
    listed = run(user, "list_knowledge_block", collection="Handbook")
    assert listed["documents"][0][0]["status"] == "ready"
    gone = {"collection": "Handbook", "document": "tea"}
    assert run(user, "delete_from_knowledge_block", **gone) == {"was_there": [True]}
    assert run(user, "delete_from_knowledge_block", **gone) == {"was_there": [False]}
    assert not Passage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nodes_that_add_at_once_make_one_collection(user):
    def add_one(number):
        try:
            return add(user, document=f"Text {number}.", name=str(number))["passages"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(add_one, range(8))) == [[1]] * 8
    assert Collection.objects.get().documents.count() == 8


def test_collections_of_others_do_not_exist(user, stranger):
    add(user, document="The password is swordfish.", name="secret")
    assert run(stranger, "search_knowledge_block", query="password") == {
        "passages": [[]],
        "text": [""],
    }
    for block, inputs in [
        ("search_knowledge_block", {"query": "password"}),
        ("answer_from_knowledge_block", {"question": "password?"}),
        ("list_knowledge_block", {}),
        ("delete_from_knowledge_block", {"document": "secret"}),
    ]:
        with pytest.raises(BlockError) as refusal:
            run(stranger, block, collection="Handbook", **inputs)
        assert refusal.value.code == "collection_missing"
    add(stranger, document="Mine.", name="secret")
    assert Document.objects.filter(collection__owner=user).get().size == 26


def test_the_text_of_a_pdf_is_found(user):
    [example, *_] = find("read_pdf_block").examples
    add(user, document=example.given["file"], name="tea.pdf")
    assert Passage.objects.get().text == "Green tea"


def test_tokens_are_the_runs(user):
    add(user, document="Tea is a drink.", name="tea")
    assert TokenUsage.objects.get().user == user


def test_a_document_that_cannot_be_indexed_says_why_and_stays(user, settings):
    settings.KNOWLEDGE_PASSAGES = 0
    with pytest.raises(BlockError) as refusal:
        add(user, document="Tea.", name="tea")
    assert refusal.value.code == "knowledge_limit"
    assert Document.objects.get().status == "failed"


def test_a_second_attempt_goes_on_where_the_first_was_killed(user, monkeypatch):
    port = port_of(user)
    monkeypatch.setattr(indexing, "embed", lambda *_: exit())
    with pytest.raises(SystemExit):
        port.add("Handbook", "tea", "Tea is a drink.")
    before = Passage.objects.get().pk
    monkeypatch.undo()
    assert port.add("Handbook", "tea", "Tea is a drink.").passages == 1
    assert Passage.objects.get().pk == before
    assert Document.objects.get().version == 1


def test_what_a_dead_run_left_is_indexed_in_the_background(user, monkeypatch, index):
    port = port_of(user)
    monkeypatch.setattr(indexing, "take_in", lambda *_: exit())
    with pytest.raises(SystemExit):
        port.add("Handbook", "tea", "Tea is a drink.")
    monkeypatch.undo()
    Document.objects.update(lease_until=None)
    index()
    assert Document.objects.get().status == "ready"


def test_a_collection_that_is_made_by_hand_is_used_by_name(user):
    made = services.create_collection(user.pk, name="Handbook")
    add(user, document="Tea.", name="tea")
    assert Collection.objects.get() == made
