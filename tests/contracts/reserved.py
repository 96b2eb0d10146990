"""A contract for import-linter: some packages may be imported, directly, by some modules only.

Unlike import-linter's own `protected`, it holds for packages that nothing imports yet, so the first
import in a wrong place is caught like the hundredth.
"""

from __future__ import annotations

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def _within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


class Reserved(Contract):
    """Options: `packages` that are reserved, and `importers` that may import them."""

    type_name = "reserved"

    packages = fields.SetField(subfield=fields.StringField())
    importers = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's signature
        """Find every direct import of a reserved package from anywhere else."""
        del verbose
        packages, importers = cast("set[str]", self.packages), cast("set[str]", self.importers)
        broken = [
            (importer, module)
            for module in graph.modules
            if _within(module, packages)
            for importer in graph.find_modules_that_directly_import(module)
            if not _within(importer, importers | packages)
        ]
        absent = [name for name in importers if name not in graph.modules]
        return ContractCheck(
            kept=not broken and not absent, metadata={"broken": sorted(broken), "absent": sorted(absent)}
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which module imports what it may not, and which allowed importer does not exist."""
        for importer, module in check.metadata["broken"]:
            output.print_error(f"{importer} imports {module}", bold=False)
        for name in check.metadata["absent"]:
            output.print_error(f"{name} is named as an importer but does not exist", bold=False)
