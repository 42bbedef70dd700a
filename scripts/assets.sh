#!/usr/bin/env bash
# Fetches what the console and the sign-cards need that is not Go, and copies only the files that are used into
# templates/. Versions and checksums are in package-lock.json. Does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

vendor=templates/static/vendor
fonts=templates/card/fonts
stamp=$vendor/.stamp

# from, below node_modules → to
files="
@tabler/core/dist/css/tabler.min.css                                  $vendor/tabler.min.css
@tabler/core/dist/js/tabler.min.js                                    $vendor/tabler.min.js
@tabler/icons-webfont/dist/tabler-icons.min.css                       $vendor/tabler-icons.min.css
@tabler/icons-webfont/dist/fonts/tabler-icons.woff2                   $vendor/fonts/tabler-icons.woff2
htmx.org/dist/htmx.min.js                                             $vendor/htmx.min.js
echarts/dist/echarts.common.min.js                                    $vendor/echarts.min.js
swagger-ui-dist/swagger-ui.css                                        $vendor/swagger-ui.css
swagger-ui-dist/swagger-ui-bundle.js                                  $vendor/swagger-ui-bundle.js
@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf       $fonts/NotoEmoji-Regular.ttf
@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf    $fonts/NotoSansSC-Regular.ttf
@expo-google-fonts/noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf $fonts/NotoSerifSC-SemiBold.ttf
"

sum=$(cat package-lock.json scripts/assets.sh | cksum)
fresh() {
	[ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] || return 1
	while read -r _ to; do
		[ -z "$to" ] || [ -s "$to" ] || return 1
	done <<<"$files"
}
fresh && exit 0

for tool in node npm; do
	if ! command -v "$tool" >/dev/null; then
		echo "assets: $tool is missing. Install Node.js 20 or newer (on Debian: apt-get install nodejs npm), then run make again." >&2
		exit 1
	fi
done
echo "assets: fetching the console's styles and the cards' fonts (once, about 300 MB below node_modules)"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

rm -f "$stamp"
while read -r from to; do
	[ -n "$from" ] || continue
	mkdir -p "$(dirname "$to")"
	# Source maps are not shipped; a reference to one would only be a 404 in every console.
	case "$to" in
	*.css | *.js) sed -e '/^\/[/*]# sourceMappingURL=/d' "node_modules/$from" >"$to" ;;
	*) install -m 644 "node_modules/$from" "$to" ;;
	esac
done <<<"$files"
printf '%s\n' "$sum" >"$stamp"
echo "assets: done"
