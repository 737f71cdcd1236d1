#!/usr/bin/env bash
# Installs what the tests need from Debian's packages: a browser, and the kernel tools for the rules and sets. Root only.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
declare -A package_of=([chromium]=chromium [iptables-restore]=iptables [ipset]=ipset [ip]=iproute2)
missing=()
PATH="$PATH:/usr/sbin:/sbin"
for command in "${!package_of[@]}"; do
  command -v "$command" >/dev/null || missing+=("${package_of[$command]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "Installing from Debian: ${missing[*]}"
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
