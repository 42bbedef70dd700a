#!/usr/bin/env bash
# Sees to it that the tests find what they drive: a C compiler (race detector), Chromium, poppler, Redis, MinIO.
# On Debian as root it installs what is missing; elsewhere it says what is missing and how to get it.
set -euo pipefail
cd "$(dirname "$0")/.."

minio=github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c # servers are published as source only

has() { # has COMMAND...: is any of them there?
	local name
	for name in "$@"; do
		command -v "$name" >/dev/null && return 0
	done
	return 1
}
chrome() {
	has headless-shell headless_shell chromium chromium-browser google-chrome google-chrome-stable ||
		[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

if ! has go; then
	echo "setup: go is missing. Install Go 1.26 or newer." >&2
	exit 1
fi

packages=()
if ! has "$(go env CC)" || ! echo 'int main(void){return 0;}' | "$(go env CC)" -xc -o /dev/null - 2>/dev/null; then
	packages+=(gcc libc6-dev)
fi
chrome || packages+=(chromium)
has pdftoppm || packages+=(poppler-utils)
has redis-server || packages+=(redis-server)

if [ ${#packages[@]} -gt 0 ]; then
	if [ "$(id -u)" = 0 ] && has apt-get; then
		echo "setup: installing ${packages[*]}"
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -qq
		apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
	else
		cat >&2 <<EOF
setup: the tests need what this machine does not have: ${packages[*]}
  Debian, Ubuntu:  sudo apt-get install ${packages[*]}
  macOS:           xcode-select --install; brew install redis poppler; brew install --cask google-chrome
EOF
		exit 1
	fi
fi

if ! has minio; then
	echo "setup: building MinIO into bin/ (once, a few minutes)"
	GOBIN=$PWD/bin GOFLAGS=-buildvcs=false go install "$minio"
fi
