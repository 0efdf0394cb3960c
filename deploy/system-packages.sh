#!/usr/bin/env bash
# Debian packages that a target of the Makefile needs, named as arguments. Installs what is missing when it
# may, and says in plain words what to install when it may not.
set -euo pipefail

declare -A present=(
  [python3-venv]="${PYTHON:-python3} -c 'import ensurepip, venv'"
  [chromium]="command -v chromium"
  [fonts-noto-cjk]="compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*'"
  [postgresql]="compgen -G '/usr/lib/postgresql/*/bin/initdb'"
  [strace]="command -v strace"
)

missing=()
for package in "$@"; do
  bash -c "${present[$package]}" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "This needs packages that are not installed: ${missing[*]}"
  echo "Please have them installed, on Debian with: sudo apt-get install ${missing[*]}"
  exit 1
fi

echo "Installing ${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
