#!/usr/bin/env bash
# An adapter for mpctls-conformance in bash, with jq and sha256sum. Put your implementation before it.
#   mpctls-conformance run -i "exec:bash adapter.sh" foundation/merkle
set -euo pipefail

hash() { # the SHA-256 of octets, both in hexadecimal
  printf '%b' "$(sed 's/../\\x&/g' <<<"$1")" | sha256sum | cut -c 1-64
}

split() { # the largest power of two below $1
  local half=1
  while [ $((2 * half)) -lt "$1" ]; do half=$((2 * half)); done
  echo "$half"
}

subtree() { # the root over the leaves $@
  if [ $# -eq 1 ]; then hash "00$1"; return; fi
  local half; half=$(split $#)
  hash "01$(subtree "${@:1:half}")$(subtree "${@:half+1}")"
}

proof() { # FIRST LEAF...: the hashes that somebody needs who has the opened leaves alone; FIRST is the first's index
  local first=$1 index inside=no; shift
  for index in $opened; do
    if [ "$index" -ge "$first" ] && [ "$index" -lt $((first + $#)) ]; then inside=yes; fi
  done
  if [ $inside = no ]; then subtree "$@"; return; fi
  if [ $# -eq 1 ]; then return; fi
  local half; half=$(split $#)
  proof "$first" "${@:1:half}"
  proof $((first + half)) "${@:half+1}"
}

build_tree() { # the operation foundation/build-tree
  case $(jq -r .input.algorithm <<<"$1") in
    1) ;;
    2) echo '{"unsupported": {"feature": "blake3"}}'; return ;;
    3) echo '{"unsupported": {"feature": "keccak256"}}'; return ;;
  esac
  local leaves; mapfile -t leaves < <(jq -r '.input.leaves[]' <<<"$1")
  opened=$(jq -r '.input.opened[]' <<<"$1")
  jq -cn --arg root "$(subtree "${leaves[@]}")" --arg proof "$(proof 0 "${leaves[@]}")" \
    '{accept: {root: $root, proof: ($proof | split("\n") | map(select(. != "")))}}'
}

while IFS= read -r line; do
  case $(jq -r .type <<<"$line") in
    hello)
      jq -cn '{type: "hello", protocol: 1, name: "my implementation", language: "bash", version: "0",
        protocol_versions: [1], roles: ["prover", "notary", "verifier"],
        operations: ["foundation/build-tree"], features: []}' ;;
    run)
      outcome=$(build_tree "$line") || outcome='{"error": {"message": "see standard error"}}'
      jq -cn --argjson seq "$(jq .seq <<<"$line")" --argjson outcome "$outcome" \
        '{type: "outcome", seq: $seq, outcome: $outcome}' ;;
    stop) exit 0 ;;
    *)
      jq -c '{type: "outcome", seq: .seq, outcome: {unsupported: {feature: "sessions"}}}' <<<"$line" ;;
  esac
done
