"""The words of the builder's modules. {names} in braces are filled by them."""

from django.utils.translation import gettext as _

Texts = dict[str, str]


def texts() -> Texts:
    """All of them, in the reader's language."""
    return _kinds() | _linking() | _telling() | _keeping()


def _kinds() -> Texts:
    return {
        "kind_text": _("text"),
        "kind_number": _("number"),
        "kind_boolean": _("yes or no"),
        "kind_list": _("list"),
        "kind_dictionary": _("dictionary"),
        "kind_any": _("any value"),
        "kind_error": _("error"),
        "static_pin": _("static: its latest value is kept for every later firing"),
        "cost": _("Credits for each firing: {n}"),
        "more_pins": _("{n} more inputs"),
        "fewer_pins": _("fewer inputs"),
        "edit_pin": _("Edit {pin}"),
        "no_block": _("There is no block “{id}” any more."),
        "no_name": _("Without a name"),
    }


def _linking() -> Texts:
    return {
        "choose_input": _("Link from {pin}. Choose an input; Escape lets go."),
        "choose_output": _("Link to {pin}. Choose an output; Escape lets go."),
        "refused_kinds": _("A {from} cannot become a {to}."),
        "refused_linked": _("These two are linked already."),
        "refused_no_pin": _("There is no such pin."),
        "refused_inputs": _("Both are inputs; a link leads from an output to an input."),
        "refused_outputs": _("Both are outputs; a link leads from an output to an input."),
        "linked": _("Linked: {source} → {sink}"),
        "unlinked": _("The link is removed."),
        "link_dropped": _("No link."),
        "remove_link": _("Remove the link {link}"),
        "comes_from": _("comes from {title}: {pin}"),
        "variables": _("Variables"),
        "variable_maybe": _("may come with the dictionary that is linked"),
        "variable_unknown": _("has no value: link something to it, or set it"),
        "into_pin": _("into {pin}"),
        "out_of_pin": _("out of {pin}"),
        "part_in": _("a part of the input {pin}"),
        "part_out": _("a part of the output {pin}"),
        "pin_in": _("another input"),
        "pin_out": _("another output"),
        "pin_added": _("Pin {pin} is added."),
    }


def _telling() -> Texts:
    return {
        "added": _("{title} is added."),
        "removed": _("Removed nodes: {n}"),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "arranged": _("The nodes are arranged."),
        "copied": _("Copied nodes: {n}"),
        "pasted": _("Pasted nodes: {n}"),
        "no_piece": _("The clipboard holds no nodes."),
        "frame": _("Frame"),
        "subgraph_made": _("“{name}” is a graph of its own now."),
        "subgraph_empty": _("Inputs and outputs stay in this graph; select other nodes."),
        "subgraph_tools": _("An agent and its tools must stay together; select all of them."),
        "subgraph_refused": _("The sub-graph was not made: {reason}"),
        "one_problem": _("1 problem"),
        "problems": _("{n} problems"),
        "warning": _("Warning: {message}"),
        "nodes_selected": _("{n} nodes"),
        "graph": _("Graph"),
        "run": _("Run"),
        "loading": _("Loading …"),
        "not_json": _("This is not JSON: {reason}"),
        "failed_with": _("Failed: {error}"),
        "lost_credential": _("{title} (not usable any more)"),
        "no_suggestions": _("No suggestions: {reason}"),
    }


def _keeping() -> Texts:
    return {
        "state_saved": _("Saved as version {n}"),
        "state_changed": _("Changed …"),
        "state_kept": _("Not saved yet; kept as a draft"),
        "state_offline": _("No connection: kept in this browser"),
        "state_refused": _("The server does not take this draft; it is kept in this browser"),
        "state_unkept": _("This browser has no room for the draft"),
        "saved": _("Version {n} is saved."),
        "nothing_new": _("Nothing has changed since version {n}."),
        "not_saved": _("Not saved: {reason}"),
        "no_server": _("The server cannot be reached. Check your connection."),
        "restored": _("Your unsaved changes of {at} are back."),
        "restored_old": _("Your unsaved changes of {at} are back. Version {n} was saved since."),
        "restored_here": _("Changes that this browser had kept are back."),
        "old_version": _("You see version {n}; saving makes it the newest, after {newest}."),
    }
