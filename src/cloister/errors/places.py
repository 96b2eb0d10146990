"""What the file system refuses."""

from __future__ import annotations

from cloister.errors.refusal import CloisterError


class FileAccess(CloisterError):
    """The file system said no."""

    code, status, exit = "file-access", 500, 5
    says = "The file system refused (errno {errno})."


class NotFound(FileAccess):
    """No such file or folder."""

    code = "not-found"
    says = "There is no such file or folder. Check the path."


class NoPermission(FileAccess):
    """The permissions of the file or folder do not allow this."""

    code = "no-permission"
    says = "The permissions of this file or folder do not allow this. Change them, or run as its owner."


class DiskFull(FileAccess):
    """No room for the output; nothing was left behind."""

    code = "disk-full"
    says = "There is no room left for the output; nothing was left behind. Free some space, or choose another folder."


class OutputExists(FileAccess):
    """`--no-overwrite` and the output is there."""

    code = "output-exists"
    says = "The output exists and --no-overwrite was given. Remove it or choose another name."


class IsAFolder(FileAccess):
    """A folder was given where a file is meant."""

    code = "is-a-folder"
    says = "This is a folder. Give --recursive to read what is in it."


class FolderNotFile(IsAFolder):
    """A folder was given where only a file makes sense."""

    code = "folder-not-file"
    says = "This is a folder. Name the file in it that is meant."


class OutputIsAFolder(IsAFolder):
    """An output's name is that of a folder."""

    code = "output-is-a-folder"
    says = "The output is a folder. Name a file, or add --format to write one file for each input into it."
