"""Walking over a page with Tab."""

HAS_FOCUS = """([name, within]) => {
    const element = document.activeElement;
    const text = (element.labels?.[0] ?? element).textContent.replace("*", "").replace(/\\s+/g, " ").trim();
    const card = element.closest("[role=group]");
    return (element.getAttribute("aria-label") ?? text) === name
        && (within === null || card?.getAttribute("aria-label") === within);
}"""


def tab_to(screen, name, *, within=None):
    """Press Tab until what has the focus is called so (in the group of this name)."""
    for _ in range(400):
        screen.keyboard.press("Tab")
        if screen.evaluate(HAS_FOCUS, [name, within]):
            return
    raise AssertionError(f"Tab does not lead to {name!r}")
