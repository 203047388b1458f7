"""The pages, wide and narrow, and the parts that every page has."""

import pytest
from playwright.sync_api import expect

from graphs.models import Graph
from tests.e2e.conftest import log_in, set_theme
from tests.factories import PASSWORD, TeamFactory, UserFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FORMS = {"desk": 1400, "phone": 390}
ADDRESSES = [
    *("/graphs/", "/graphs/new/", "/graphs/import/", "/executions/", "/blocks/"),
    *("/blocks/llm_call_block/", "/account/", "/account/api-keys/", "/account/credits/"),
]


def test_every_page_fits_its_screen(screen, picture, person, run):
    pages = {address.strip("/").replace("/", "-"): address for address in ADDRESSES}
    pages |= {"graph": f"/graphs/{run.graph_id}/", "run": f"/executions/{run.pk}/"}
    pages |= {"builder": f"/graphs/{run.graph_id}/edit/", "teams": "/teams/"}
    team = TeamFactory(owner=person, members={UserFactory(): "viewer"})
    pages |= {"team": f"/teams/{team.pk}/"}
    too_wide = []
    for name, address in pages.items():
        screen.goto(address)
        expect(screen.get_by_text("Loading …")).to_have_count(0)
        for form, width in FORMS.items():
            screen.set_viewport_size({"width": width, "height": 900})
            for theme in ("light", "dark"):
                set_theme(screen, theme)
                picture(screen, f"page-{form}-{theme}-{name}", full_page=True)
            if screen.evaluate("document.documentElement.scrollWidth > innerWidth"):
                too_wide.append((address, form))
    assert too_wide == []


def test_logging_in_and_out(open_screen, person):
    screen = open_screen()
    screen.goto("/")
    screen.get_by_label("E-mail").fill("ada@example.com")
    screen.get_by_label("Password").fill(PASSWORD)
    screen.get_by_role("button", name="Log in", exact=True).click()
    screen.get_by_role("button", name="Log out").click()
    expect(screen.get_by_role("heading", name="Log in")).to_be_visible()


def test_the_choice_of_colours_is_remembered(screen):
    root = screen.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    screen.get_by_role("button", name="Light or dark").click()
    screen.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_on_a_phone_the_menu_opens_and_leads_on(open_screen, person):
    screen = open_screen(width=390, height=844)
    log_in(screen, person)
    link = screen.get_by_role("link", name="Blocks")
    expect(link).to_be_hidden()
    screen.get_by_role("button", name="Menu").click()
    link.click()
    expect(screen.get_by_role("heading", name="Blocks", exact=True)).to_be_visible()


def test_deleting_a_graph_asks_first(screen, run):
    screen.goto(f"/graphs/{run.graph_id}/")
    screen.get_by_role("button", name="Delete").click()
    screen.get_by_role("button", name="Cancel").click()
    assert Graph.objects.get().deleted_at is None
    screen.get_by_role("button", name="Delete").click()
    screen.get_by_role("button", name="Yes, do it").click()
    expect(screen.get_by_text("“A condition” is deleted.")).to_be_visible()


def test_the_search_finds_while_one_types(screen):
    screen.goto("/blocks/")
    screen.get_by_label("Search blocks").press_sequentially("summar")
    expect(screen.get_by_role("link", name="AI text summariser")).to_be_visible()
    expect(screen.get_by_role("link", name="Write JSON")).to_be_hidden()
    assert screen.url.endswith("?q=summar&category=")


def test_several_graphs_are_chosen_and_filed_with_the_keyboard(screen, run):
    screen.goto("/graphs/")
    bar = screen.get_by_role("form", name="With the chosen ones")
    expect(bar).to_be_hidden()
    screen.get_by_role("checkbox", name="All of this page").press("Space")
    expect(bar).to_contain_text("Chosen: 1")
    bar.get_by_label("Folder").fill("Tea")
    bar.get_by_role("button", name="Move to the folder").press("Enter")
    expect(screen.get_by_text("Done with 1 of 1.")).to_be_visible()
    screen.get_by_label("Where").select_option("Tea")
    expect(screen.get_by_role("link", name="A condition")).to_be_visible()
    screen.get_by_role("checkbox", name="Choose A condition").check()
    bar.get_by_role("button", name="Delete").click()
    screen.get_by_role("button", name="Cancel").click()
    assert Graph.objects.get().deleted_at is None


def test_a_key_is_made_and_shown_once(screen):
    screen.goto("/account/api-keys/")
    screen.get_by_label("Name").fill("Report")
    screen.get_by_label("Read graphs").check()
    screen.get_by_role("button", name="Make the key").click()
    assert screen.get_by_label("The new key").input_value().startswith("aloom_")
    screen.reload()
    expect(screen.get_by_label("The new key")).to_be_hidden()


def test_the_drawing_moves_and_zooms(screen, run):
    screen.goto(f"/graphs/{run.graph_id}/")
    card = screen.locator("[data-node=check]")
    before = card.bounding_box()
    screen.get_by_role("button", name="Larger").click()
    assert card.bounding_box()["width"] > before["width"]
    screen.get_by_role("button", name="Show all").click()
    assert card.bounding_box() == before
    middle = (before["x"] + 30, before["y"] + 30)
    screen.mouse.move(*middle)
    screen.mouse.down()
    screen.mouse.move(middle[0] + 80, middle[1] + 40, steps=4)
    screen.mouse.up()
    moved = card.bounding_box()
    assert (moved["x"] - before["x"], moved["y"] - before["y"]) == (80, 40)
    expect(screen.locator("side-drawer")).to_be_hidden()


def test_the_admin_works_under_the_policy(open_screen, transactional_db, run):
    UserFactory(email="chief@example.com", role="admin", password="chief chief chief")
    screen = open_screen()
    screen.goto("/admin/")
    screen.get_by_label("E-mail").fill("chief@example.com")
    screen.get_by_label("Password").fill("chief chief chief")
    screen.get_by_role("button", name="Log in", exact=True).click()
    screen.goto("/admin/executions/execution/")
    screen.get_by_role("link", name=str(run.pk)).click()
    expect(screen.locator("#execution_form")).to_contain_text("A condition")
