"""A dialog that asks for two REFs, and stays until both name something."""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runner.app.comparing.diff_view import Compared, check_refs
from runner.app.plain_text import plain
from runner.domain.errors import AgentctlError, UsageError
from runner.tui.reading import Flight, Reading
from runner.tui.tints import look_of, text_of, tint
from runner.tui.widgets.entry import Entry

ASKS = """A, or A and B: each a version such as v1.2.0, an environment, worktree, or previous.
enter compares, esc closes"""


class RefsDialog(ModalScreen[Compared | None], Reading):
    """Asks what is compared. Nothing else happens before both REFs were found."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "leave", "Close", id="refs.leave", show=False)
    ]
    DEFAULT_CSS = """
    RefsDialog { align: center middle; }
    RefsDialog > #box {
        width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        background: $surface; border: round $primary;
    }
    RefsDialog.-ascii > #box { border: ascii $primary; }
    RefsDialog #refs { height: 1; }
    RefsDialog Static { height: auto; }
    """

    def __init__(self, compared: Compared) -> None:
        super().__init__()
        self._flights: dict[str, Flight] = {}
        self._compared = compared
        self._asked = compared

    def compose(self) -> ComposeResult:
        """Yield a title, the input, and room for what is wrong."""
        compared = self._compared
        self.set_class(look_of(self.app).ascii, "-ascii")
        with Vertical(id="box"):
            yield Static(text_of(self.app, (f"Compare versions of {compared.agent}", "strong")))
            yield Static(Text(ASKS, tint(self.app, "dim")))
            yield Entry(f"{compared.before} {compared.after or ''}".strip(), id="refs")
            yield Static(id="wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look whether both REFs name something."""
        event.stop()
        try:
            self._asked = asked_for(self._compared, event.value)
        except UsageError as error:
            self.on_unread("refs", error)
            return
        world = self.world
        self.read(
            "refs", partial(check_refs, world.root, world.state, self._asked), target=self._asked
        )

    def on_input_changed(self, _event: Input.Changed) -> None:
        """Take back what was said of what is no longer there."""
        self.query_one("#wrong", Static).update(Text())

    def on_read(self, what: str, value: Any) -> None:
        """Both are there."""
        self.dismiss(self._asked)

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say what is wrong beside the input, which stays."""
        wrong = self.query_one("#wrong", Static)
        said = error.message + (f"\n{error.help}" if error.help else "")
        wrong.update(Text(plain(said), tint(self.app, "bad")))

    def action_leave(self) -> None:
        """Compare what was compared before."""
        self.dismiss(None)


def asked_for(compared: Compared, text: str) -> Compared:
    """Return what a text of one or two REFs asks for; one alone is compared with the worktree.

    Raises:
        UsageError: it has none, or more than two.
    """
    refs = text.replace("..", " ").replace("→", " ").split()
    if not 1 <= len(refs) <= 2:
        raise UsageError("say one REF or two", help="for instance: v1.1.0 prod")
    return replace(compared, before=refs[0], after=refs[1] if len(refs) > 1 else "worktree")
