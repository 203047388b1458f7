"""The builder as somebody in front of it sees it: by the names that a screen reader tells."""

from playwright.sync_api import expect

from tests.e2e.tabbing import tab_to


class BuilderPage:
    """One window with the builder in it."""

    def __init__(self, screen, graph):
        self.screen = screen
        self.graph = graph

    def open(self, query=""):
        self.screen.goto(f"/graphs/{self.graph.pk}/edit/{query}")
        expect(self.screen.locator("graph-builder[ready]")).to_be_attached()
        return self

    def button(self, name):
        return self.screen.get_by_role("button", name=name, exact=True)

    @property
    def canvas(self):
        return self.screen.get_by_role("application", name="Graph editor")

    @property
    def search(self):
        return self.screen.get_by_role("searchbox", name="Search blocks")

    def block(self, name):
        blocks = self.screen.get_by_role("region", name="Blocks")
        return blocks.get_by_role("button", name=name, exact=True)

    def node(self, title):
        return self.canvas.get_by_role("group", name=title, exact=True)

    def pin(self, title, name):
        return self.node(title).get_by_role("button", name=name, exact=True)

    def clear(self):
        self.canvas.focus()
        self.screen.keyboard.press("Control+a")
        self.screen.keyboard.press("Delete")
        expect(self.canvas.get_by_role("group")).to_have_count(0)

    def state(self, text):
        expect(self.screen.get_by_role("status").filter(has_text=text)).to_be_visible()

    def run_state(self, text):
        status = self.screen.get_by_role("status")
        expect(status.get_by_text(text, exact=True)).to_be_visible()

    def node_state(self, title, text):
        expect(self.node(title).get_by_text(text, exact=True)).to_be_visible()

    def tab_to(self, name, *, within=None):
        """Press Tab until what has the focus is called so (in the node of this title)."""
        tab_to(self.screen, name, within=within)


def drawing_of(graph):
    """What the active version holds: ({title: block}, {"Title.pin → Title.pin"})."""
    drawing = graph.versions.get(is_active=True).load()
    titles = {node.id: node.title for node in drawing.nodes.values()}
    blocks = {node.title: node.block_id for node in drawing.nodes.values()}
    links = {
        f"{titles[each.source_id]}.{each.source_name} → {titles[each.sink_id]}.{each.sink_name}"
        for each in drawing.links
    }
    return blocks, links
