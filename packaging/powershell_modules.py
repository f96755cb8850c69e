"""Write the generated files of the PowerShell modules: python packaging/powershell_modules.py

They are in resources/powershell and are committed; a test compares them with what this would write. They begin with a
byte order mark, because Windows PowerShell 5.1 reads a file without one in the code page of the computer.
"""

from __future__ import annotations

from pathlib import Path

from fcm.shell.serving.modules import module_files

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "powershell"


def main() -> None:
    for name, text in module_files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8-sig", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
