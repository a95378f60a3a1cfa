"""The terminal while somebody speaks: level, speech or not, and a bar for each accent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.bar import Bar
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from isogloss.answers import Answer, Status, describe_set
from isogloss.labels import display_name
from isogloss.listening import Update

_QUIETEST = -60.0  # dB, at the left end of the meter
_LOUD = -3.0  # from here on it is likely to be clipped


class LiveView:
    """Shows one update after another in one place.

    Args:
        live: Live. Where.
        name: str. What is heard.
        accents: tuple of str. The accents that answers choose from.
        text: str or None. What is to be read.
    """

    def __init__(self, live: Live, name: str, accents: tuple[str, ...], text: str | None) -> None:
        self._live = live
        self._name = name
        self._accents = accents
        self._text = text

    def show(self, update: Update) -> None:
        """Shows an update instead of the one before."""
        self._live.update(self._picture(update), refresh=True)

    def _picture(self, update: Update) -> RenderableType:
        minutes, seconds = divmod(int(update.time), 60)
        mark = Text("● speech", "bold green") if update.speech else Text("○ no speech", "dim")
        head = Table.grid(padding=(0, 3))
        head.add_row(Text(self._name), Text(f"{minutes}:{seconds:02d}"), mark, Text("Ctrl-C ends"))
        bars = Table.grid(padding=(0, 2), expand=True)
        bars.add_column()
        bars.add_column(justify="right", min_width=6)
        bars.add_column(ratio=1)
        bars.add_row(*_level_row(update.level))
        shares = {score.label: score.score for score in update.answer.scores}
        for accent in self._accents:
            share = shares.get(accent, 0.0)
            best = accent == update.answer.accent
            said = Text(f"{share:.0%}" if shares else "")
            name = Text(display_name(accent), "bold" if best else "")
            bars.add_row(name, said, Bar(1, 0, share, color="green" if best else "blue"))
        rows: list[RenderableType] = [head, Padding(bars, (1, 0)), Text(self._say(update.answer))]
        if self._text and update.answer.status is not Status.OK:
            rows += [Padding(Text(self._text, "bold"), (1, 2))]
        return Group(*rows)

    def _say(self, answer: Answer) -> str:
        if answer.status is Status.OK:
            if answer.prediction_set:
                return describe_set(answer.prediction_set, len(self._accents))
            return f"So far: {display_name(answer.accent or '')}"
        if self._text:
            return "Read aloud, all of it; the answer comes when it is read:"
        return answer.error or "No speech so far."


def _level_row(level: float) -> Sequence[RenderableType]:
    colour = "red" if level > _LOUD else "yellow"
    full = -_QUIETEST
    loud = min(max(level - _QUIETEST, 0.0), full)
    said = f"{level:.0f} dB" if level > _QUIETEST else ""
    return Text("Level"), Text(said), Bar(full, 0, loud, color=colour)


@contextmanager
def live_view(
    name: str, accents: tuple[str, ...], text: str | None
) -> Iterator[Callable[[Update], None]]:
    """Gives what shows updates on stdout until the block ends; nothing where that is no terminal.

    Args:
        name: str. What is heard.
        accents: tuple of str. The accents that answers choose from.
        text: str or None. What is to be read.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield LiveView(live, name, accents, text).show
