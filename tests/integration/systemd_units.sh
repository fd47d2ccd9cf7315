#!/usr/bin/env bash
# The units of systemd/ hold no key that systemd does not know, and keep their exposure low.
#   systemd_units.sh SOURCE_FOLDER
set -euo pipefail

source_folder=$1
most_exposure=15 # systemd-analyze's scale times ten, where 0 is the best and 100 the worst

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$source_folder"/systemd/*.service "$source_folder"/systemd/*.socket "$folder/"
# verify looks for the programs themselves, which need not be installed here.
sed -i 's,/usr/bin/\(consentd\|consentctl\),/bin/true,' "$folder"/*.service

# It returns 0 even when it complains. Each unit on its own and all of them together.
cd "$folder"
for unit in *.service *.socket; do
  said=$(systemd-analyze verify --man=no "./$unit" 2>&1) || { echo "$said"; exit 1; }
  [ -z "$said" ] || { echo "systemd-analyze verify $unit: $said"; exit 1; }
done

# That this check can fail is part of the check.
sed 's/^NoNewPrivileges=/NoNewPrivilege=/' consentd.service > slip.service
said=$(systemd-analyze verify --man=no ./slip.service 2>&1 || true)
[ -n "$said" ] || { echo "systemd-analyze verify accepts an unknown key"; exit 1; }
rm slip.service

systemd-analyze security --no-pager --offline=true --threshold="$most_exposure" ./consentd.service > security.txt 2>&1 ||
  { cat security.txt; exit 1; }
tail -n 1 security.txt

# The names that config/consentd.toml speaks of, and the only way for several sockets to have several names.
names=$(sed -n 's/^FileDescriptorName=//p' ./*.socket | sort | tr '\n' ' ')
[ "$names" = "api hub " ] || { echo "names of the sockets: $names"; exit 1; }
for unit in *.socket; do
  grep -qx 'Service=consentd.service' "$unit" || { echo "$unit belongs to no service"; exit 1; }
done

if command -v systemd-sysusers > /dev/null; then
  said=$(systemd-sysusers --dry-run "$source_folder/systemd/consentd.sysusers" 2>&1) || { echo "$said"; exit 1; }
fi
