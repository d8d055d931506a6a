"""Wakes a dashboard that waits, as soon as something is put where the run should be.

Only a hint: correctness rests on looking at intervals, since watchdog's emitter dies silently with its directory and a
network file system sends no events. A run that goes on replaces its state more often than it is looked at, so while one
does nothing is watched at all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver


class Watch:
    """Calls `wake` when a file or a folder appears in the directory that is aimed at.

    In a thread of watchdog's, which holds a lock that `aim` and `stop` need: `wake` must not wait for who calls them.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._target: Path | None = None
        self._observer: BaseObserver | None = None

    def aim(self, directory: Path | None) -> None:
        """Watches `directory`, or what there is of the way to it; nothing with `None`."""
        target = None if directory is None else _nearest(directory.absolute())
        if target != self._target:
            self.stop()
            self._target = target
            if target is not None:
                with contextlib.suppress(OSError):  # out of inotify watches: the intervals go on
                    self._observer = _observing(target, self._wake)

    def stop(self) -> None:
        """Watches nothing any more."""
        if self._observer is not None:
            self._observer.stop()
        self._observer = self._target = None


def _nearest(directory: Path) -> Path:
    return next(path for path in (directory, *directory.parents) if path.is_dir())


def _observing(directory: Path, wake: Callable[[], object]) -> BaseObserver:
    from watchdog.events import DirCreatedEvent, FileCreatedEvent, FileMovedEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:  # noqa: ARG002
            wake()

    observer = Observer()
    appearing = [FileCreatedEvent, FileMovedEvent, DirCreatedEvent]
    observer.schedule(Handler(), str(directory), event_filter=appearing)
    observer.daemon = True
    observer.start()
    return observer
