#!/usr/bin/env bash
# Makes again the voices of the French audio captcha (app/adapters/captcha_voices), one file a character.
# Not part of an installation: the files are kept. Needs espeak-ng and sox.
set -euo pipefail
cd "$(dirname "$0")/../app/adapters/captcha_voices"

# What is told of each character; a letter is followed by its first name, since « b », « p » and « d » sound alike.
says=(
  "a:a, comme Anatole" "c:c, comme Célestin" "e:e, comme Eugène" "f:f, comme François" "h:h, comme Henri"
  "j:j, comme Joseph" "k:k, comme Kléber" "m:m, comme Marcel" "n:n, comme Nicolas" "p:p, comme Pierre"
  "r:r, comme Raoul" "t:t, comme Thérèse" "v:v, comme Victor" "w:double v, comme William" "x:x, comme Xavier"
  "y:i grec, comme Yvonne" "2:deux" "3:trois" "4:quatre" "5:cinq" "6:six" "7:sept" "8:huit" "9:neuf"
)
for one in "${says[@]}"; do
  mkdir -p "${one%%:*}"
  espeak-ng -v fr -s 150 --stdout "${one#*:}" |
    sox -q - -r 8000 -b 8 -c 1 -e unsigned-integer "${one%%:*}/fr.wav" silence 1 0.05 1% reverse silence 1 0.05 1% reverse norm -3
done
