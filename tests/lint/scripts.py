# SPDX-License-Identifier: ISC
"""Shell scripts pass shellcheck, completions load in their shells, Python compiles."""
import shutil
import subprocess

import lint


def complaints_of(path, *command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr.strip():
        yield f"{path}: {command[0]}: {(done.stdout + done.stderr).strip()}"


def check(root):
    for path in lint.tracked(root):
        with open(root / path, "rb") as file:
            first = file.readline(100)
        if first.startswith(b"#!") and (b"sh\n" in first):
            yield from complaints_of(path, "shellcheck", root / path)
        elif path.suffix == ".py":
            try:
                compile((root / path).read_text(), path, "exec")
            except SyntaxError as error:
                yield f"{path}: {error}"
        elif path.parts[0] == "completions" and path.name != "CMakeLists.txt":
            yield from check_completion(root, path)


def check_completion(root, path):
    file, shell, tool = root / path, path.parts[1], path.stem.lstrip("_")
    if shell == "bash":
        yield from complaints_of(path, "shellcheck", "--shell=bash", file)
        yield from complaints_of(path, "bash", "--norc", "-c", f"source '{file}' && complete -p {tool} >/dev/null")
    elif shell == "zsh":
        script = f"fpath=({file.parent} $fpath); autoload -Uz compinit; compinit -u -D; [[ $_comps[{tool}] == _{tool} ]] && autoload +X -U _{tool} && functions _{tool} >/dev/null"
        yield from complaints_of(path, "zsh", "-n", file)
        yield from complaints_of(path, "zsh", "-fc", script)
    elif shell == "fish":
        yield from complaints_of(path, "fish", "--no-config", "-c", f"source '{file}'; and complete -c {tool} | string length -q")
    else:
        yield f"{path}: no shell is called {shell}"


if __name__ == "__main__":
    missing = [program for program in ("shellcheck", "bash", "zsh", "fish") if not shutil.which(program)]
    assert not missing, f"not installed: {missing}"
    lint.main(check)
