from __future__ import annotations

import json
import os
import shutil
import tempfile
from typing import Any, Dict, Mapping, Optional, Union


class WorldFile:
    """A world on the disk, where the program reads it at its start."""

    def __init__(self, world: Union[str, "os.PathLike[str]", Mapping[str, Any]]) -> None:
        self._folder: Optional[str] = None
        if not isinstance(world, Mapping):
            self.path = os.fspath(world)
            return
        self._folder = tempfile.mkdtemp(prefix="terapi-world-")
        self.path = os.path.join(self._folder, "world.json")
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(_with_whole_paths(world), file, indent=2)

    def remove(self) -> None:
        """To be called once the program is ready, or has failed."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def without_path(self, text: str) -> str:
        """A text that may name a file which only this class knows."""
        return text.replace(self.path, "world") if self._folder else text


def _with_whole_paths(world: Mapping[str, Any]) -> Dict[str, Any]:
    """Files of records are named as seen from the folder of the test run, not from a temporary one."""

    def whole(part: Any) -> Any:
        if not isinstance(part, Mapping):
            return part
        changed = dict(part)
        for name in ("records", "upstream"):
            if isinstance(changed.get(name), list):
                changed[name] = [
                    {**one, "file": os.path.abspath(one["file"])} if isinstance(one, Mapping) and isinstance(one.get("file"), str) else one
                    for one in changed[name]
                ]
        return changed

    changed: Dict[str, Any] = whole(world)
    if "environment" in changed:
        changed["environment"] = whole(changed["environment"])
    if isinstance(changed.get("environments"), list):
        changed["environments"] = [whole(each) for each in changed["environments"]]
    return changed
