"""Things that belong together, by the pairs that do: a union-find."""

from __future__ import annotations


class Groups:
    """At first everything is a group of its own."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def of(self, item: int) -> int:
        """The group that `item` is in, named by one of its items."""
        parents = self._parents
        while parents[item] != item:
            parents[item] = parents[parents[item]]
            item = parents[item]
        return item

    def join(self, one: int, other: int) -> None:
        """The groups of both become one."""
        self._parents[self.of(one)] = self.of(other)

    def members(self) -> list[list[int]]:
        """The items of every group in their order, the groups in the order of their first items."""
        members: dict[int, list[int]] = {}
        for item in range(len(self._parents)):
            members.setdefault(self.of(item), []).append(item)
        return list(members.values())
